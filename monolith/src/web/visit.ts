import type { FastifyReply, FastifyRequest } from 'fastify'
import { findSession, openSession, type Session, sessionCookie } from '../auth/sessions.ts'
import type { Shop } from '../shop.ts'
import type { Html } from './html.ts'
import { type PageFrame, page, type Visitor } from './page.ts'

/** The session that a browser's cookie names, if it lives. */
export async function sessionOf(shop: Shop, request: FastifyRequest): Promise<Session | undefined> {
  const id = request.cookies[sessionCookie]
  return id === undefined || id === '' ? undefined : findSession(shop, id)
}

/** The session of a browser; one that has none, or whose session is over, gets a new one and its cookie. */
export async function sessionFor(shop: Shop, request: FastifyRequest, reply: FastifyReply): Promise<string> {
  const session = await sessionOf(shop, request)
  if (session) return session.id
  const id = await openSession(shop)
  setSessionCookie(reply, id)
  return id
}

/** Hands a session's id to the browser. */
export function setSessionCookie(reply: FastifyReply, id: string): void {
  reply.setCookie(sessionCookie, id, { path: '/', httpOnly: true, sameSite: 'lax' })
}

/** Sends a page. */
export function sendPage(reply: FastifyReply, frame: PageFrame, content: Html): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(page(frame, content))
}

/** Whom a page greets. */
export function visitorOf(session: Session | undefined): Visitor | undefined {
  if (!session) return undefined
  return {
    greeting: `Hello, ${firstNameOf(session.name ?? '')}`,
    cartCount: session.cartCount,
    isStaff: session.isStaff,
    loggedIn: session.customerId !== undefined,
  }
}

/** `McKAY, IAN` is greeted as Ian; who has one name only, by that. */
function firstNameOf(name: string): string {
  const first = name.split(', ')[1] ?? name
  return first.charAt(0) + first.slice(1).toLowerCase()
}

/** A text field of a form; empty when it was not sent, or sent twice. */
export function fieldOf(body: unknown, name: string): string {
  if (typeof body !== 'object' || body === null || !Object.hasOwn(body, name)) return ''
  const value: unknown = Reflect.get(body, name)
  return typeof value === 'string' ? value.trim() : ''
}
