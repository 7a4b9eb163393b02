#include "layout_check.h"
