import { setTimeout as delay } from 'node:timers/promises'
import { Pool } from 'undici'

/** What became of one write, as the client that sent it knows. */
export type Fate =
  /** Answered with success: it must be there exactly once. */
  | 'acknowledged'
  /** Answered 503, or the connection was never made: it must not be there. */
  | 'refused'
  /** The connection broke while it was under way: it may be there, once, or not. */
  | 'cut'

/** One write, with an id of its own that it leaves in the data. */
export interface KnownWrite {
  readonly id: string
  readonly kind: 'create' | 'update' | 'delete'
  readonly email: string
  /** The customer's id, once known. */
  readonly customer: string | undefined
  readonly fate: Fate
  readonly startedAt: number
  readonly tookMs: number
}

/** What the writer did, and what was wrong at once: an answer that no fate explains, or a read that missed the caller's own write. */
export interface Written {
  readonly writes: readonly KnownWrite[]
  readonly wrong: readonly string[]
  /** Reads of one's own write that were made. */
  readonly ownReads: number
}

/** A crowd of clients, each with an API key of its own and customers that only it writes. */
export interface KnownWriter {
  /** Stops, once every request has its answer. */
  stop(): Promise<Written>
  acknowledged(): number
}

interface Customer {
  readonly email: string
  readonly id: string
}

/** Starts clients that write known operations through the edge, together about `ratePerSecond`. */
export function startKnownWriter(options: {
  readonly url: string
  readonly keys: readonly string[]
  readonly ratePerSecond: number
}): KnownWriter {
  const { url, keys, ratePerSecond } = options
  const pool = new Pool(url, { connections: keys.length, headersTimeout: 30_000 })
  const writes: KnownWrite[] = []
  const wrong: string[] = []
  const counts = { ownReads: 0, acknowledged: 0 }
  let stopped = false
  const clients = keys.map((key, place) => client(key, `c${place}`))
  return {
    acknowledged: () => counts.acknowledged,
    stop: async () => {
      stopped = true
      await Promise.all(clients)
      await pool.close()
      return { writes, wrong, ownReads: counts.ownReads }
    },
  }

  async function client(key: string, name: string): Promise<void> {
    const own: Customer[] = []
    const pauseMs = (1000 * keys.length) / ratePerSecond
    for (let turn = 0; !stopped; turn++) {
      const due = performance.now() + pauseMs
      await write(key, `${name}-${turn}`, own)
      await delay(Math.max(0, due - performance.now()))
    }
  }

  async function write(key: string, id: string, own: Customer[]): Promise<void> {
    const dice = Math.random()
    const customer = own[Math.floor(Math.random() * own.length)]
    if (customer === undefined || (dice < 0.2 && own.length < 40)) return await create(key, id, own)
    if (dice < 0.9) return await update(key, id, { customer, own })
    await remove(key, id, { customer, own })
  }

  async function create(key: string, id: string, own: Customer[]): Promise<void> {
    const email = `${id}@known.example`
    const body = { first: 'Known', last: `Writer ${id}`, email, password: 'secret1', phone: phoneOf(id) }
    const sent = await send(key, { method: 'POST', path: '/api/customers', body })
    const made = sent.fate === 'acknowledged' ? String((sent.answer as { id?: string }).id) : undefined
    note({ id, kind: 'create', email, customer: made }, sent)
    if (made !== undefined) own.push({ email, id: made })
  }

  async function update(key: string, id: string, { customer, own }: Target): Promise<void> {
    const path = `/api/customers/${customer.id}`
    const sent = await send(key, { method: 'PUT', path, body: { phone: phoneOf(id) } })
    note({ id, kind: 'update', email: customer.email, customer: customer.id }, sent)
    if (sent.fate === 'cut') forget(own, customer)
    if (sent.fate === 'acknowledged') await readOwn(key, { path, phone: phoneOf(id) })
  }

  async function remove(key: string, id: string, { customer, own }: Target): Promise<void> {
    const sent = await send(key, { method: 'DELETE', path: `/api/customers/${customer.id}`, body: undefined })
    note({ id, kind: 'delete', email: customer.email, customer: customer.id }, sent)
    if (sent.fate !== 'refused') forget(own, customer)
  }

  /** Whoever has written reads what was written, whichever arm answers. */
  async function readOwn(
    key: string,
    { path, phone }: { readonly path: string; readonly phone: string },
  ): Promise<void> {
    const read = await pool.request({ method: 'GET', path, headers: { 'x-api-key': key } }).catch(() => undefined)
    const text = (await read?.body.text().catch(() => '')) ?? ''
    if (read === undefined || text === '' || read.statusCode >= 500) return
    counts.ownReads++
    if (!text.includes(`"phone":"${phone}"`))
      wrong.push(`${path}: ${phone} was acknowledged, but read ${read.statusCode} ${text.slice(0, 200)}`)
  }

  function note(write: Pick<KnownWrite, 'id' | 'kind' | 'email' | 'customer'>, sent: Sent): void {
    const { fate, startedAt, tookMs } = sent
    if (fate === 'acknowledged') counts.acknowledged++
    writes.push({ ...write, fate, startedAt, tookMs })
  }

  async function send(key: string, request: Outgoing): Promise<Sent> {
    const startedAt = Date.now()
    const begun = performance.now()
    const outcome = await attempt(key, request)
    return { ...outcome, startedAt, tookMs: performance.now() - begun }
  }

  async function attempt(key: string, { method, path, body }: Outgoing): Promise<Pick<Sent, 'fate' | 'answer'>> {
    try {
      const headers = { 'x-api-key': key, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
      const content = body === undefined ? {} : { body: JSON.stringify(body) }
      const answer = await pool.request({ method, path, headers, ...content })
      const text = await answer.body.text()
      if (answer.statusCode === 503) return { fate: 'refused', answer: text }
      const parsed = answer.statusCode === 200 ? (JSON.parse(text) as { ok?: boolean }) : undefined
      if (parsed?.ok === true) return { fate: 'acknowledged', answer: parsed }
      wrong.push(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 200)}`)
      return { fate: answer.statusCode === 200 ? 'refused' : 'cut', answer: text }
    } catch (error) {
      // A connection that was never made carried nothing.
      const code = (error as { readonly code?: string }).code
      return { fate: code === 'ECONNREFUSED' ? 'refused' : 'cut', answer: undefined }
    }
  }
}

interface Target {
  readonly customer: Customer
  readonly own: Customer[]
}

interface Outgoing {
  readonly method: 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly body: object | undefined
}

interface Sent {
  readonly fate: Fate
  readonly answer: unknown
  readonly startedAt: number
  readonly tookMs: number
}

/** The id of a write as it stands in the data. */
export function phoneOf(id: string): string {
  return `+1 ${id}`
}

function forget(own: Customer[], customer: Customer): void {
  const place = own.indexOf(customer)
  if (place >= 0) own.splice(place, 1)
}
