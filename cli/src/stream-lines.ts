import { createInterface } from 'node:readline'

/** The lines of a stream, as they come; throws what goes wrong with it. */
export async function* linesOf(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })
  // readline does not pass on what goes wrong with its input.
  const failed = new Promise<never>((_, reject) => stream.once('error', reject))
  failed.catch(() => lines.close())
  const iterator = lines[Symbol.asyncIterator]()
  for (;;) {
    const next = await Promise.race([iterator.next(), failed])
    if (next.done === true) return
    yield next.value
  }
}
