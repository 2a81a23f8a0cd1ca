import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Exchange, StoredBody } from '../exchange.ts'
import type { RawExchange } from '../redact/redact.ts'
import type { BodyInTheRaw } from '../redact/redact-body.ts'
import { type ImportedExchanges, type ImportOptions, importExchanges } from './import-exchanges.ts'
import type { ImportReport } from './import-report.ts'

/** A folder that is gone when the test ends. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'banyan-formats-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

/** Stores everything as it is: only for finding out what a format keeps. */
export function unredacted({ request, response, ...raw }: RawExchange): Exchange {
  return {
    ...raw,
    request: { ...request, body: stored(request.body) },
    response: { ...response, body: stored(response.body) },
  }
}

function stored(body: BodyInTheRaw | undefined): StoredBody | undefined {
  if (body === undefined) return undefined
  const utf8 = body.kept.toString('utf8')
  const isText = Buffer.from(utf8).equals(body.kept)
  return {
    encoding: isText ? 'utf8' : 'base64',
    data: isText ? utf8 : body.kept.toString('base64'),
    bytes: body.bytes,
    truncated: body.kept.length < body.bytes,
  }
}

/** Writes a foreign file and imports it, unredacted unless said otherwise. */
export async function imported(
  content: string | Uint8Array,
  options: Partial<ImportOptions> = {},
): Promise<{ readonly exchanges: readonly Exchange[]; readonly report: ImportReport }> {
  const path = join(await newFolder(), 'foreign')
  await writeFile(path, content)
  return await importedFrom(path, options)
}

/** Imports a foreign file, unredacted unless said otherwise. */
export async function importedFrom(path: string, options: Partial<ImportOptions> = {}) {
  const found = importExchanges(path, { redact: unredacted, ...options })
  return { exchanges: await collect(found), report: found.report() }
}

async function collect(found: ImportedExchanges): Promise<readonly Exchange[]> {
  const exchanges: Exchange[] = []
  for await (const exchange of found) exchanges.push(exchange)
  return exchanges
}

/** All exchanges of a list, as a stream. */
export async function* streamed(exchanges: readonly Exchange[]): AsyncGenerator<Exchange> {
  yield* exchanges
}
