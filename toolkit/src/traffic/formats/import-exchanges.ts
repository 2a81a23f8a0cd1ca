import { exitCodes, Fault } from '../../base/index.ts'
import type { Exchange } from '../exchange.ts'
import type { RawExchange } from '../redact/redact.ts'
import type { ForeignExchange, ForeignFormat, ForeignRecord } from './foreign.ts'
import { countImport, type ImportCount, type ImportReport } from './import-report.ts'
import { detectFormat, type ForeignFile, openForeign } from './open-foreign.ts'
import { readAccessLog } from './read-access-log.ts'
import { readGor } from './read-gor.ts'
import { readHar } from './read-har.ts'

/** How a foreign file becomes exchanges. */
export interface ImportOptions {
  /** Law 8: nothing leaves the importer that has not passed through it. */
  readonly redact: (raw: RawExchange) => Exchange
  /** Default: what the file's beginning looks like. */
  readonly format?: ForeignFormat | undefined
  /** HAR: only what went to these, such as `https://shop.example`. Default: where its first entry went. */
  readonly origins?: readonly string[] | undefined
  /** GoReplay: the cookie that holds a session. Default: the first that is called like one. */
  readonly callerCookie?: string | undefined
  /** Which route takes a request; undefined: `imported`. */
  readonly routeOf?: ((request: ImportedRequest) => ImportedRoute | undefined) | undefined
}

/** Of a request, what a route table matches. */
export interface ImportedRequest {
  readonly method: string
  readonly target: string
  readonly headers: Exchange['request']['headers']
}

/** Where a request belongs. */
export interface ImportedRoute {
  readonly route: string
  readonly capability: string | undefined
}

/** Exchanges of a foreign file, in its order: iterate over it once, then ask for the report. */
export interface ImportedExchanges extends AsyncIterable<Exchange> {
  /** What reading met so far. */
  report(): ImportReport
}

/**
 * Reads a HAR 1.2, a GoReplay payload file or an access log as exchanges, in bounded memory and redacted. What is
 * malformed is counted, named by its offset and left out. Throws, when iterated, `import-unreadable` for a file that
 * is missing or of none of these formats (exit 4).
 *
 * @example
 * const imported = importExchanges('session.har', { redact: buildRedactor({ key }) })
 * for await (const exchange of imported) await sink.write(exchange)
 * console.error(imported.report().malformed)
 */
export function importExchanges(path: string, options: ImportOptions): ImportedExchanges {
  let count = countImport(options.format ?? 'har')
  return {
    report: () => count.report(),
    async *[Symbol.asyncIterator]() {
      const file = await openForeign(path)
      const format = options.format ?? detectFormat(file.head)
      if (format === undefined) throw unknownFormat(path)
      count = countImport(format)
      yield* exchangesOf(recordsOf(path, file, { ...options, format }), options, count)
      const cut = file.cutBy()
      if (cut !== undefined) count.cut(cut)
    },
  }
}

async function* exchangesOf(
  records: AsyncIterable<ForeignRecord>,
  options: ImportOptions,
  count: ImportCount,
): AsyncGenerator<Exchange> {
  let number = 0
  for await (const record of records) {
    if (record.kind === 'exchange') {
      number += 1
      const exchange = toExchange(record.exchange, number, options)
      count.note(record)
      yield exchange
    } else count.note(record)
  }
}

function recordsOf(
  path: string,
  file: ForeignFile,
  options: ImportOptions & { readonly format: ForeignFormat },
): AsyncIterable<ForeignRecord> {
  const { format, origins, callerCookie } = options
  switch (format) {
    case 'har':
      return harRecords(path, file, origins)
    case 'gor':
      return readGor(file.chunks, callerCookie === undefined ? {} : { callerCookie })
    case 'access-log':
      return readAccessLog(file.chunks)
    default: {
      const never: never = format
      return never
    }
  }
}

async function* harRecords(
  path: string,
  file: ForeignFile,
  origins: readonly string[] | undefined,
): AsyncGenerator<ForeignRecord> {
  const { isHar } = yield* readHar(file.chunks, origins === undefined ? {} : { origins })
  if (!isHar) throw new Fault('import-unreadable', `${path} is no HAR: it has no log.entries`, details)
}

const details = { hint: 'HAR 1.2, GoReplay (.gor), nginx and Apache logs are read', exitCode: exitCodes.invalidConfig }

function unknownFormat(path: string): Fault {
  return new Fault('import-unreadable', `${path} looks like no format that is known here`, details)
}

const noAnswer = { status: 0, headers: [], body: undefined } as const
/** An answer that nobody kept: status 0, and a body of which nothing is stored, so that it is compared with nothing. */
const notStored: Exchange['response'] = {
  ...noAnswer,
  body: { encoding: 'utf8', data: '', bytes: 0, truncated: true },
}

/** Numbered within the file, for the ids of other tools are missing or not unique. */
function toExchange(found: ForeignExchange, number: number, { redact, routeOf }: ImportOptions): Exchange {
  const { at, caller, request, response, tookMs, ours } = found
  const belongs = ours ?? routeOf?.(request) ?? { route: 'imported', capability: undefined }
  const exchange = redact({
    id: ours?.id ?? `imported-${number}`,
    at,
    route: belongs.route,
    capability: belongs.capability,
    servedBy: ours?.servedBy ?? 'imported',
    caller,
    request,
    response: response ?? noAnswer,
    tookMs,
  })
  return response === undefined ? { ...exchange, response: notStored } : exchange
}
