import type { WireAnswer } from '@banyan/toolkit/compare'
import type { Upstream } from '@banyan/toolkit/routing'
import { headerPairs } from '../forward/header-lines.ts'
import { upstreamHeaders } from '../forward/upstream-headers.ts'
import type { EdgeRequest } from '../request/edge-request.ts'
import { nextUrl } from '../upstream/next-url.ts'
import type { FaultKind, Sender, UpstreamAnswer, UpstreamFault } from '../upstream/sender.ts'

/** How long a shadowed arm may take in all, in ms. */
const shadowTimeoutMs = 5_000

/** A shadow's answer, or why there is none. */
export type Asked =
  | { readonly ok: true; readonly answer: WireAnswer }
  | { readonly ok: false; readonly fault: FaultKind }

/**
 * Sends a request that was served already to an arm, only to compare. It carries `X-Banyan-Shadow: 1`, so that
 * the arm may leave it out of its own counts. At most `maxBytes` of the body are kept.
 */
export async function askArm(
  request: EdgeRequest,
  upstream: Upstream,
  { sender, maxBytes }: { readonly sender: Sender; readonly maxBytes: number },
): Promise<Asked> {
  const url = nextUrl(upstream)
  const sending = sender.send({
    upstream,
    url,
    method: request.method,
    target: request.target,
    headers: [...upstreamHeaders(request, upstream, url), 'X-Banyan-Shadow', '1'],
    body: undefined,
  })
  const timer = setTimeout(sending.leave, shadowTimeoutMs)
  try {
    return await readAnswer(await sending.answer, maxBytes)
  } finally {
    clearTimeout(timer)
  }
}

async function readAnswer(answer: UpstreamAnswer | UpstreamFault, maxBytes: number): Promise<Asked> {
  if (!answer.ok) return { ok: false, fault: answer.fault }
  const chunks: Buffer[] = []
  let bytes = 0
  let truncated = false
  try {
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      bytes += chunk.length
      truncated = bytes > maxBytes
      if (truncated) break
      chunks.push(chunk)
    }
  } catch {
    truncated = true
  }
  const headers = headerPairs(answer.headers)
  return { ok: true, answer: { status: answer.status, headers, body: Buffer.concat(chunks), truncated } }
}
