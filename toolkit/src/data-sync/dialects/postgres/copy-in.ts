import type pg from 'pg'

declare module 'pg' {
  // What the driver's connection has for COPY, and its types do not name.
  interface Connection {
    query(sql: string): void
    sendCopyFromChunk(chunk: Buffer): void
    endCopyFrom(): void
  }
}

const chunkChars = 262_144

/** Rows for one database table. */
export interface CopyRows {
  /** `COPY ... FROM STDIN`. */
  readonly sql: string
  /** In text format, each ending in a newline. */
  readonly lines: readonly string[]
}

/** Rows for several tables with what comes before and after, all in one message. */
export interface CopyMessage {
  readonly before: string
  readonly copies: readonly CopyRows[]
  readonly after: string
}

/**
 * Copies rows in one round trip; rejects with what the server says. They are sent without waiting for the server to ask for them, so that it can work while
 * this process does something else: what comes after a refusal it passes over (https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-COPY).
 */
export function copyIn(client: pg.ClientBase, { before, copies, after }: CopyMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query({
      submit: (connection: pg.Connection) => {
        connection.stream.cork()
        connection.query([before, ...copies.map(({ sql }) => sql), after].join(';'))
        for (const { lines } of copies) {
          for (const chunk of joined(lines)) connection.sendCopyFromChunk(Buffer.from(chunk))
          connection.endCopyFrom()
        }
        connection.stream.uncork()
      },
      handleCopyInResponse: () => undefined,
      handleCommandComplete: () => undefined,
      handleReadyForQuery: () => resolve(),
      handleError: reject,
    })
  })
}

function* joined(lines: readonly string[]): Iterable<string> {
  let chunk = ''
  for (const line of lines) {
    chunk += line
    if (chunk.length < chunkChars) continue
    yield chunk
    chunk = ''
  }
  if (chunk !== '') yield chunk
}
