import type { FastifyInstance } from 'fastify'
import { parseCustomerBody } from '../customers/body.ts'
import type { PageWrites } from '../customers/page-writes.ts'
import type { Shop } from '../shop.ts'
import { type Html, html } from '../web/html.ts'
import { fieldOf, sendPage, sessionOf, setSessionCookie, visitorOf } from '../web/visit.ts'
import { checkLogIn } from './log-in.ts'
import { logIn, logOut, sessionCookie } from './sessions.ts'

/** The pages to log in, log out and open an account. */
export function authPages(app: FastifyInstance, shop: Shop, writes: PageWrites): void {
  app.get<{ Querystring: { next?: unknown } }>('/login', async (request, reply) => {
    const visitor = visitorOf(await sessionOf(shop, request))
    return sendPage(reply, { title: 'Log in', visitor }, logInForm({ next: pathWithin(request.query.next) }))
  })

  app.post('/login', async (request, reply) => {
    const email = fieldOf(request.body, 'email')
    const next = pathWithin(fieldOf(request.body, 'next'))
    const outcome = await checkLogIn(shop, email, fieldOf(request.body, 'password'))
    if (!outcome.ok) {
      const sorry =
        outcome.why === 'unknown' ? 'E-mail address or password is wrong.' : 'This account is closed or on hold.'
      return sendPage(reply.code(401), { title: 'Log in' }, logInForm({ next, email, sorry }))
    }
    setSessionCookie(reply, await logIn(shop, outcome.customerId, request.cookies[sessionCookie]))
    return reply.redirect(next ?? (outcome.orderUnderWay ? '/orders' : '/'), 303)
  })

  app.post('/logout', async (request, reply) => {
    const id = request.cookies[sessionCookie]
    if (id !== undefined) await logOut(shop, id)
    return reply.clearCookie(sessionCookie, { path: '/' }).redirect('/', 303)
  })

  app.get('/register', async (request, reply) =>
    sendPage(reply, { title: 'Open an account', visitor: visitorOf(await sessionOf(shop, request)) }, registerForm()),
  )

  app.post('/register', async (request, reply) => {
    const parsed = parseCustomerBody(request.body)
    const outcome = parsed.ok ? await writes.create(parsed.given) : { ok: false as const, err: 'BAD EMAIL' as const }
    if (!outcome.ok) {
      return sendPage(reply.code(422), { title: 'Open an account' }, registerForm(sorryFor[outcome.err] ?? outcome.err))
    }
    setSessionCookie(reply, await logIn(shop, Number(outcome.id), request.cookies[sessionCookie]))
    return reply.redirect('/', 303)
  })
}

const sorryFor: Readonly<Record<string, string>> = {
  'NAME MISSING': 'Please tell us your name.',
  'BAD EMAIL': 'That does not look like an e-mail address.',
  'PASSWORD TOO SHORT': 'The password wants six characters or more.',
  'EMAIL TAKEN': 'There is an account with this e-mail address already.',
}

function logInForm(state: {
  readonly next?: string | undefined
  readonly email?: string
  readonly sorry?: string
}): Html {
  return html`<h1>Welcome back</h1>
<form class="panel" method="post" action="/login">
  ${state.sorry && html`<p class="sorry">${state.sorry}</p>`}
  ${state.next && html`<input type="hidden" name="next" value="${state.next}">`}
  <label class="field"><span>E-mail address</span><input name="email" type="email" autocomplete="username" required value="${state.email ?? ''}"></label>
  <label class="field"><span>Password</span><input name="password" type="password" autocomplete="current-password" required></label>
  <button>Log in</button> <span class="soft">or <a href="/register">open an account</a></span>
</form>`
}

function registerForm(sorry?: string): Html {
  return html`<h1>Open an account</h1>
<form class="panel" method="post" action="/register">
  ${sorry && html`<p class="sorry">${sorry}</p>`}
  <div class="two">
    <label class="field"><span>First name</span><input name="first" autocomplete="given-name"></label>
    <label class="field"><span>Last name</span><input name="last" autocomplete="family-name" required></label>
  </div>
  <label class="field"><span>E-mail address</span><input name="email" type="email" autocomplete="username" required></label>
  <label class="field"><span>Password, six characters or more</span><input name="password" type="password" autocomplete="new-password" minlength="6" required></label>
  <button>Open the account</button>
</form>`
}

/** A path of this shop to go on to; anything else, also of another host, is left out. */
function pathWithin(next: unknown): string | undefined {
  return typeof next === 'string' && /^\/(?![/\\])[\w\-./?=&%]*$/.test(next) ? next : undefined
}
