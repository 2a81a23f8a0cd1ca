import type { FlatAnswer } from '@banyan/toolkit/compare/tally'
import type { Upstream } from '@banyan/toolkit/routing'
import { upstreamHeaders } from '../forward/upstream-headers.ts'
import type { EdgeRequest } from '../request/edge-request.ts'
import type { Upstreams } from '../upstream/policy/upstreams.ts'
import type { FaultKind, Sender, Timeouts, UpstreamAnswer, UpstreamFault } from '../upstream/sender.ts'
import { apart, giveBack } from '../upstream/spare-buffers.ts'

/** How long a shadowed arm may take in all, in ms. */
const shadowTimeoutMs = 5_000

/** A shadow's answer, or why there is none. */
export type Asked =
  | { readonly ok: true; readonly answer: FlatAnswer }
  | { readonly ok: false; readonly fault: FaultKind }

/** Sends to arms, of whose addresses it chooses one that works; it is no part of what breakers and budgets count. */
export type ArmSender = Sender & Pick<Upstreams, 'choose'>

/** How an arm is asked. */
interface Asking {
  readonly sender: ArmSender
  /** No more of the answer's body is kept. */
  readonly maxBytes: number
  /** The whole body of the request, as it was framed; undefined: it has none. */
  readonly body?: Buffer | undefined
}

/**
 * Sends a request that was served already to an arm, only to compare. It carries `X-Banyan-Shadow: 1`, so that
 * the arm may leave it out of its own counts. The arm executes it: for a method that writes, a route must have said so.
 */
export function askArm(request: EdgeRequest, upstream: Upstream, { sender, maxBytes, body }: Asking): Promise<Asked> {
  const { url, address } = sender.choose(upstream)
  const headers = upstreamHeaders(request, upstream, url)
  headers.push('X-Banyan-Shadow', '1')
  const { method, target } = request
  const timeouts = timeoutsOf(upstream)
  const sending = sender.send({ upstream, url, address, method, target, headers, body, timeouts })
  return sending.answer.then((answer) => readAnswer(answer, maxBytes))
}

function timeoutsOf({ timeoutMs }: Upstream): Timeouts {
  const headerMs = Math.min(timeoutMs, shadowTimeoutMs)
  return { connectMs: headerMs, headerMs, idleMs: shadowTimeoutMs, totalMs: shadowTimeoutMs }
}

function readAnswer(answer: UpstreamAnswer | UpstreamFault, maxBytes: number): Promise<Asked> | Asked {
  if (!answer.ok) return { ok: false, fault: answer.fault }
  const { status, headers, body } = answer
  const { whole } = body
  if (whole !== undefined && whole.length <= maxBytes)
    return { ok: true, answer: { status, headers, body: kept(whole), truncated: false } }
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const done = (truncated: boolean) =>
      resolve({ ok: true, answer: { status, headers, body: joined(chunks), truncated } })
    const part = (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= maxBytes) return void chunks.push(kept(chunk))
      body.drop()
      done(true)
    }
    body.readBy({ part, ended: () => done(false), cut: () => done(true) })
  })
}

/** It is kept until it has been compared, so it must not hold a whole buffer. */
function kept(bytes: Buffer): Buffer {
  const own = apart(bytes)
  giveBack(bytes)
  return own
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [only] = chunks
  return only !== undefined && chunks.length === 1 ? only : Buffer.concat(chunks)
}
