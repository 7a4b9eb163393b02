"""One line for each thing tried, and a count that cannot be zero."""


class Report:
    def __init__(self):
        self.passed = self.failed = 0

    def ok(self, text):
        self.passed += 1
        print("ok    ", text)

    def fail(self, text):
        self.failed += 1
        print("FAILED", text)

    def check(self, holds, text, why=""):
        if holds:
            self.ok(text)
        else:
            self.fail(f"{text}: {why}" if why else text)
        return holds

    def close(self, at_least=1):
        """Prints the count and returns the exit status."""
        if self.passed + self.failed < at_least:
            self.fail(f"only {self.passed + self.failed} were tried, {at_least} are expected")
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0
