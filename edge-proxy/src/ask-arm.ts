import type { WireAnswer } from '@banyan/toolkit/compare'
import type { Upstream } from '@banyan/toolkit/routing'
import { nextUrl } from './choose-passage.ts'
import type { EdgeRequest } from './edge-request.ts'
import type { FaultKind, Sender } from './sender.ts'
import { upstreamHeaders } from './upstream-headers.ts'

/** How long a shadowed arm may take in all, in ms. */
export const shadowTimeoutMs = 5_000

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
  const answer = await sender.send({
    upstream,
    url,
    method: request.method,
    target: request.target,
    headers: [...upstreamHeaders(request, upstream, url), 'X-Banyan-Shadow', '1'],
    body: undefined,
    signal: AbortSignal.timeout(shadowTimeoutMs),
  })
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

/** Flat header lines as pairs. */
export function headerPairs(flat: readonly string[]): readonly (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = []
  for (let i = 0; i < flat.length; i += 2) pairs.push([flat[i] ?? '', flat[i + 1] ?? ''])
  return pairs
}
