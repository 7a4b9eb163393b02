// What every client's script needs: where the venue is, what was counted, and waiting with an end.

export const spot = JSON.parse(process.env.WRIT_SIM_SPOT);
export const futures = JSON.parse(process.env.WRIT_SIM_FUTURES);
export const apiKey = process.env.WRIT_SIM_KEY;
export const apiSecret = process.env.WRIT_SIM_SECRET;

const counted = {};

export function count(name, by = 1) {
  counted[name] = (counted[name] ?? 0) + by;
}

export function expect(condition, what) {
  if (!condition) throw new Error(`expected ${what}`);
  count('expectations');
}

/** The next value of `promise`, or a failure that names what was waited for. */
export async function within(seconds, what, promise) {
  let timer;
  const late = new Promise((_, refuse) => {
    timer = setTimeout(() => refuse(new Error(`nothing in ${seconds} s: ${what}`)), seconds * 1000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Messages of a callback, to be awaited one by one. */
export class Inbox {
  #messages = [];
  #wake = () => {};

  push(message) {
    this.#messages.push(message);
    this.#wake();
  }

  /** The first message that `is`, those before it dropped. */
  async next(seconds, what, is = () => true) {
    const look = async () => {
      for (;;) {
        while (this.#messages.length > 0) {
          const message = this.#messages.shift();
          if (is(message)) return message;
        }
        await new Promise((wake) => {
          this.#wake = wake;
        });
      }
    };
    return within(seconds, what, look());
  }
}

/**
 * Follows a book by the venue's documented rule: snapshot, then every event the one after the last.
 * Counts `depth events`; fails on the first gap.
 */
export async function follow_book(inbox, snapshot, market, wanted) {
  let id = snapshot.lastUpdateId;
  let last;
  while ((wanted -= 1) >= 0) {
    const event = await inbox.next(20, 'a depth event', (one) => one.u >= id);
    if (last === undefined) {
      expect(event.U <= id + 1 && event.u >= id, `first event ${event.U}..${event.u} to hold ${id}`);
    } else if (market === 'spot') {
      expect(event.U === last + 1, `U ${event.U} after u ${last}`);
    } else {
      expect(event.pu === last, `pu ${event.pu} after u ${last}`);
    }
    last = event.u;
    id = event.u;
    count('depth events');
  }
}

/** Runs the script's story and prints what it counted as its last line. */
export async function main(story) {
  try {
    await story();
    console.log(JSON.stringify(counted));
    process.exit(0);
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
}
