import type { TapLine } from '@banyan/edge-proxy/admin-api'
import { durationMs, exitCodes, Fault, isJsonObject, parseJson } from '@banyan/toolkit/base'
import { countedText } from '@banyan/toolkit/compare'
import type { Command } from 'commander'
import { edgeClients } from '../edge-client.ts'
import { requireEdges } from '../edges-to-ask.ts'
import { tapText } from '../observe/tap-text.ts'
import { locate, type PlaceOptions, withPlace } from '../place.ts'
import type { Shell } from '../shell.ts'
import { linesOf } from '../stream-lines.ts'

interface TapOptions extends PlaceOptions {
  readonly route?: readonly string[]
  readonly errors?: true
  readonly rate?: string
  readonly for?: string
  readonly count?: string
  readonly json?: true
}

/** `banyan tap`: requests as they pass. */
export function addTap(program: Command, shell: Shell): void {
  withPlace(program.command('tap'))
    .summary('requests as they pass, with the verdicts of their shadows')
    .description(
      'Shows each request when it is over, and the verdict of its shadow when there is one, under the same id. In a pipe it prints NDJSON. What is beyond the rate is left out and counted: requests never wait for a reader.',
    )
    .option('--route <route...>', 'only these routes')
    .option('--errors', 'only what failed: status 500 and above, no whole answer, a fallback, a mismatch')
    .option('--rate <n>', 'at most so many lines a second of each edge, up to 5000 (default: 200)')
    .option('--for <duration>', 'how long, such as 30s (default: until Ctrl-C)')
    .option('--count <n>', 'how many requests')
    .option('--json', 'NDJSON on a terminal, too')
    .addHelpText(
      'after',
      '\nExample:\n  banyan tap --route users.read --errors\nNext:\n  banyan why REQUEST-ID    how one of them went, also some minutes later',
    )
    .action(async (options: TapOptions) => await tap(options, shell))
}

async function tap(options: TapOptions, shell: Shell): Promise<void> {
  const place = locate(options, shell)
  const limit = options.count === undefined ? Number.POSITIVE_INFINITY : wholeOf('count', options.count)
  const wanted = {
    ...(options.route === undefined ? {} : { routes: options.route }),
    ...(options.errors === undefined ? {} : { errors: true }),
    ...(options.rate === undefined ? {} : { perSecond: wholeOf('rate', options.rate) }),
  }
  const enough = new AbortController()
  const time = options.for === undefined ? [] : [AbortSignal.timeout(durationMs(options.for))]
  const signal = AbortSignal.any([shell.signal, enough.signal, ...time])
  const clients = edgeClients(await requireEdges(place), place)
  const streams = await Promise.all(clients.map((edge) => edge.tap(wanted, signal)))
  const forPeople = shell.isTerminal === true && options.json !== true
  if (forPeople) shell.say(`watching ${countedText(clients.length, 'edge')}, Ctrl-C ends it ...`)
  let requests = 0
  const show = (line: string) => {
    const parsed = tapLineOf(line)
    if (parsed === undefined || requests >= limit) return
    shell.out(forPeople ? tapText(parsed, shell) : line)
    if (parsed.event === 'request') requests += 1
    if (requests >= limit) enough.abort()
  }
  await Promise.all(streams.map((stream) => follow(stream, { show, signal })))
  if (signal.aborted) return
  shell.say(`! ${clients.length === 1 ? 'the edge has' : 'the edges have'} ended`)
  shell.endWith(exitCodes.unreachable)
}

async function follow(
  stream: NodeJS.ReadableStream,
  { show, signal }: { readonly show: (line: string) => void; readonly signal: AbortSignal },
): Promise<void> {
  try {
    for await (const line of linesOf(stream)) show(line)
  } catch (thrown) {
    // Ending the stream is how watching ends; one that breaks off is an edge that ended, which is said.
    if (!signal.aborted && thrown instanceof Fault) throw thrown
  }
}

function tapLineOf(line: string): TapLine | undefined {
  const parsed = parseJson(line)
  return isTapLine(parsed) ? parsed : undefined
}

/** The edge's lines are ours, of the same release: their shapes are those of its admin API. */
function isTapLine(value: unknown): value is TapLine & object {
  return isJsonObject(value) && typeof value.event === 'string'
}

function wholeOf(option: 'rate' | 'count', text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new Fault(`${option}-invalid`, `"${text}" is not a whole number above 0`, {
    hint: `--${option} 500`,
    exitCode: exitCodes.usage,
  })
}
