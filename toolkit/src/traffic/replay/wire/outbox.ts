/** Who has something to write. */
export interface Writer {
  write(): void
}

/** Requests on their way out. */
export interface Outbox {
  add(writer: Writer): void
}

/**
 * Writes once all that has come in was read, one request after the other. An arm that lies idle must be woken for a request, which
 * costs as much as sending it; while it answers the first of many, the others find it awake.
 */
export function buildOutbox(): Outbox {
  let waiting: Writer[] = []
  const writeAll = () => {
    const writers = waiting
    waiting = []
    for (const writer of writers) writer.write()
  }
  return {
    add(writer) {
      if (waiting.push(writer) === 1) setImmediate(writeAll)
    },
  }
}
