import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Shop } from '../shop.ts'
import { html } from '../web/html.ts'
import type { Visitor } from '../web/page.ts'
import { sendPage, sessionOf, visitorOf } from '../web/visit.ts'

/** The member of staff who looks; everybody else is sent to the log-in, or away. */
export async function staffVisitor(
  shop: Shop,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Visitor | undefined> {
  const session = await sessionOf(shop, request)
  if (session?.isStaff) return visitorOf(session)
  if (session?.customerId === undefined) {
    reply.redirect('/login?next=/admin', 303)
  } else {
    sendPage(reply.code(403), { title: 'Back office', visitor: visitorOf(session) }, html`<h1>Staff only</h1>`)
  }
  return undefined
}
