import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { canonicalJson, messageOf, parseJson } from '@banyan/toolkit/base'
import type { HeaderPair, Replayed } from '@banyan/toolkit/traffic'
import { Pool } from 'undici'
import { buildInnerIds } from './inner-ids.ts'

type ReplayRequest = NonNullable<NonNullable<Replayed['requests']>['legacy']>

/** A request that legacy's own pages send to the capability's API while they are replayed. */
interface InnerCall {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

interface InnerAnswer {
  readonly status: number
  readonly headers: readonly HeaderPair[]
  readonly body: Buffer
}

/** How often legacy's pages called the API. */
export interface InnerCallCounts {
  /** Writes that both arms were sent, because the recording did not hold them. */
  readonly forwarded: number
  /** Writes that the recording held, and that were sent when it was their turn: their answer is given again. */
  readonly recorded: number
  /** Forwarded writes that the service answered with another status than legacy. */
  readonly unlike: number
}

/** Stands for the edge in a twin: the API as legacy's own pages call it. */
export interface InnerCalls {
  /** Its base URL: what `{api}` stands for. */
  readonly url: string
  /** Hears what both arms were sent and answered by the replay. */
  heard(answered: Required<Pick<Replayed, 'exchange' | 'requests' | 'answers'>>): void
  counts(): InnerCallCounts
  close(): Promise<void>
}

/** Where calls go, and which of them are the capability's. */
export interface InnerCallOptions {
  readonly legacy: string
  readonly service: string
  /** Whether a request is one of the capability's, as the route table says. */
  isOfCapability(request: { readonly method: string; readonly target: string }): boolean
}

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])
const mostRemembered = 5000
const maxBodyBytes = 4 * 1024 * 1024
/** A call ends before the page that makes it: so it stands before the page in the recording, and not long before. */
const mostEarlierMs = 30_000

/**
 * Listens on 127.0.0.1 for what legacy's pages write through the capability's API. Production's edge would send such a write to its owner, and the recording may or may not hold it:
 * where it does, it was replayed a moment ago and its answer is given again; where it does not, both arms are sent it. Legacy's answer is what the
 * page gets. Everything else goes to legacy alone.
 */
export async function openInnerCalls(options: InnerCallOptions): Promise<InnerCalls> {
  const arms = { legacy: new Pool(options.legacy), service: new Pool(options.service) }
  const remembered = buildRemembered()
  const ids = buildInnerIds()
  const counts = { forwarded: 0, recorded: 0, unlike: 0 }

  async function answer(call: InnerCall): Promise<InnerAnswer> {
    if (safeMethods.has(call.method) || !options.isOfCapability(call)) return await send(arms.legacy, call)
    const known = remembered.take(call)
    if (known !== undefined) {
      counts.recorded++
      return known
    }
    counts.forwarded++
    const [legacy, service] = await Promise.all([
      send(arms.legacy, call),
      send(arms.service, { ...call, target: ids.targetOf(call.target) }).catch(() => undefined),
    ])
    if (service?.status !== legacy.status) counts.unlike++
    else ids.learn(legacy.body, service.body)
    return legacy
  }

  const server = createServer((request, response) => {
    void callOf(request)
      .then(answer)
      .then(
        (given) => write(response, given),
        (thrown: unknown) => write(response, { status: 502, headers: [], body: Buffer.from(messageOf(thrown)) }),
      )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    heard: ({ exchange, requests, answers }) => {
      const { request, at } = exchange
      const [sent, legacy, service] = [requests?.legacy, answers.legacy, answers.service]
      remembered.now(Date.parse(at))
      if (sent === undefined || legacy?.ok !== true || service?.ok !== true || safeMethods.has(request.method)) return
      ids.learn(legacy.answer.body, service.answer.body)
      const headers = [...legacy.answer.headers].flatMap(([name, values]) =>
        values.map((value): HeaderPair => [name, value]),
      )
      remembered.keep(sent, { status: legacy.answer.status, headers, body: legacy.answer.body })
    },
    counts: () => ({ ...counts }),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await Promise.all([arms.legacy.destroy(), arms.service.destroy()])
    },
  }
}

/** Writes of the recording that were sent, by what they say; each stands for one call. */
function buildRemembered() {
  const answers = new Map<string, { readonly at: number; readonly answer: InnerAnswer }[]>()
  let count = 0
  let now = 0
  return {
    now: (at: number) => {
      now = Math.max(now, at)
    },
    keep: (request: Pick<ReplayRequest, 'method' | 'target' | 'body'>, answer: InnerAnswer) => {
      const key = keyOf(request)
      answers.set(key, [...(answers.get(key) ?? []), { at: now, answer }])
      count++
      const [oldest] = answers.keys()
      if (count <= mostRemembered || oldest === undefined) return
      count -= answers.get(oldest)?.length ?? 0
      answers.delete(oldest)
    },
    take: (call: InnerCall): InnerAnswer | undefined => {
      const key = keyOf({ ...call, body: call.body.toString() })
      const known = answers.get(key)?.filter(({ at }) => now - at <= mostEarlierMs) ?? []
      const [first, ...others] = known
      if (others.length > 0) answers.set(key, others)
      else answers.delete(key)
      if (first !== undefined) count--
      return first?.answer
    },
  }
}

/** The same request, however its JSON is written. */
function keyOf({ method, target, body }: Pick<ReplayRequest, 'method' | 'target' | 'body'>): string {
  const json = parseJson(body ?? '')
  return `${method} ${target} ${json === undefined ? body : canonicalJson(json)}`
}

async function callOf(request: IncomingMessage): Promise<InnerCall> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes > maxBodyBytes) throw new Error(`a call of more than ${maxBodyBytes} bytes`)
    chunks.push(chunk)
  }
  const { method = 'GET', url: target = '/', headers } = request
  const {
    host: _,
    connection: _connection,
    'content-length': _length,
    'transfer-encoding': _coding,
    ...others
  } = headers
  const plain = Object.entries(others).map(([name, value]) => [name, String(value)])
  return { method, target, headers: Object.fromEntries(plain), body: Buffer.concat(chunks) }
}

async function send(pool: Pool, { method, target, headers, body }: InnerCall): Promise<InnerAnswer> {
  const hasBody = body.length > 0
  const answer = await pool.request({ method: method as 'GET', path: target, headers, body: hasBody ? body : null })
  const pairs = Object.entries(answer.headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one): HeaderPair => [name, one]),
  )
  return { status: answer.statusCode, headers: pairs, body: Buffer.from(await answer.body.arrayBuffer()) }
}

const ofTheWire: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'content-encoding',
])

function write(response: ServerResponse, { status, headers, body }: InnerAnswer): void {
  for (const [name, value] of headers) if (!ofTheWire.has(name)) response.appendHeader(name, value)
  response.writeHead(status).end(body)
}
