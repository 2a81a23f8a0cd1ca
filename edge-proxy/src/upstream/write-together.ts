/** What writes to a socket when it is called. It must not throw. */
export interface LateWriter {
  writeNow(): void
}

let waiting: LateWriter[] = []

/**
 * Lets `writer` write when all that came in this turn of the event loop has been read, together with whoever else waits. A write
 * wakes the process at its other end; apart from each other, each write would wake it again, and under load that was a quarter of a
 * request's CPU time. It waits for no timer: a turn that read one request writes one.
 */
export function writeTogether(writer: LateWriter): void {
  if (waiting.push(writer) === 1) setImmediate(writeAll)
}

function writeAll(): void {
  const writers = waiting
  waiting = []
  for (const writer of writers) writer.writeNow()
}
