import type { Matched, RequestLimits, RouteTable } from '@banyan/toolkit/routing'
import type { EdgeRequest } from '../request/edge-request.ts'
import type { Refusal } from '../request/refusal.ts'

/** How large a request may be that matches so: as its route says, else as the route table does. */
export function limitsOf(matched: Matched, table: RouteTable): RequestLimits {
  return matched.kind === 'route' ? matched.route.limits : table.limits.request
}

/** Refuses a request whose head is larger than its route allows, or says that its body is going to be. */
export function checkSizes(request: EdgeRequest, limits: RequestLimits): Refusal | undefined {
  const { target, raw, framing } = request
  if (target.length > limits.maxUrlBytes) {
    const detail = `path and query are longer than ${limits.maxUrlBytes} bytes`
    return { status: 414, code: 'url-too-long', title: 'URI Too Long', detail, close: true }
  }
  if (raw.rawHeaders.length > limits.maxHeaderLines * 2) {
    const detail = `more than ${limits.maxHeaderLines} header lines`
    return { status: 431, code: 'too-many-headers', title: 'Request Header Fields Too Large', detail, close: true }
  }
  return framing.kind === 'length' && framing.bytes > limits.maxBodyBytes ? bodyTooLarge(limits) : undefined
}

/** The refusal of a body beyond its route's limit (RFC 9110, section 15.5.14). */
export function bodyTooLarge({ maxBodyBytes }: RequestLimits): Refusal {
  const detail = `the body is larger than ${maxBodyBytes} bytes`
  return { status: 413, code: 'body-too-large', title: 'Content Too Large', detail, close: true }
}
