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

/**
 * Feeds `COPY ... FROM STDIN` with lines in text format, each ending in a newline; rejects with what the server says.
 * The lines are in memory already, so they are sent without waiting; what comes after a refusal the server throws away.
 */
export function copyIn(client: pg.ClientBase, sql: string, lines: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    client.query({
      submit: (connection: pg.Connection) => connection.query(sql),
      handleCopyInResponse: (connection: pg.Connection) => {
        for (const chunk of joined(lines)) connection.sendCopyFromChunk(Buffer.from(chunk))
        connection.endCopyFrom()
      },
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
