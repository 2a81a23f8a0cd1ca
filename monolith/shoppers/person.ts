import { type Action, type Answer, form } from './action.ts'
import { buildCookieJar } from './cookie-jar.ts'
import type { Random } from './random.ts'
import type { Town } from './town.ts'

/** One person with one browser: cookies of their own, one page after the other. */
export interface Person {
  /** What they do next. */
  next(): Action
}

const shelves = ['BOOKS', 'CAMP', 'GARDEN', 'KITCHEN', 'MUSIC', 'PETS', 'TOOLS', 'TOYS']
const words = ['lantern', 'kite', 'tea tin', 'oak', 'knife', 'star chart', 'blue']

/** Builds a person who browses, searches, fills a cart, logs in, checks out, looks after their profile, and comes again. */
export function buildPerson(
  town: Town,
  random: Random,
  account: { readonly email: string; readonly password: string },
): Person {
  const jar = buildCookieJar()
  let location = '/'
  const follow: Action = { name: 'follow', request: () => ({ method: 'GET', path: location }) }
  // They do not all come in by the door at the same moment.
  let steps = drawVisit(town, random, account, follow).slice(random.below(6))
  const remember = (answer: Answer) => {
    jar.keep(answer.setCookies, Date.now())
    location = answer.status === 303 && answer.location !== undefined ? pathOf(answer.location) : '/'
  }
  return {
    next() {
      if (steps.length === 0) steps = drawVisit(town, random, account, follow)
      const step = steps.shift() ?? follow
      return {
        name: step.name,
        request() {
          const request = step.request()
          const cookie = jar.header(request.path)
          return { ...request, headers: { accept: 'text/html', ...request.headers, ...(cookie ? { cookie } : {}) } }
        },
        remember,
      }
    },
  }
}

function drawVisit(
  town: Town,
  random: Random,
  account: { readonly email: string; readonly password: string },
  follow: Action,
): Action[] {
  const product = () => random.oneOf(town.productIds)
  const steps = [page('front', '/'), page('search', `/search?q=${encodeURIComponent(random.oneOf(words))}`)]
  for (let look = random.below(3); look >= 0; look--) {
    steps.push(page('shelf', `/category/${random.oneOf(shelves)}`), page('product', `/products/${product()}`))
  }
  if (random.chance(30)) return steps
  for (let line = random.below(2); line >= 0; line--)
    steps.push(send('add to cart', '/cart/add', { product: product(), quantity: '1' }), follow)
  steps.push(page('log-in page', '/login'), send('log in', '/login', { ...account }), follow)
  if (random.chance(70)) {
    const payment = { payment: 'CC', card: random.chance(8) ? '4000000000000002' : '4242424242424242' }
    steps.push(page('checkout page', '/checkout'), send('check out', '/checkout', payment), follow)
  }
  if (random.chance(30))
    steps.push(
      page('profile', '/profile'),
      send('edit profile', '/profile', drawProfile(random, account.email)),
      follow,
    )
  if (random.chance(50)) steps.push(page('my orders', '/orders'))
  if (random.chance(40)) steps.push(send('log out', '/logout', {}), follow)
  return steps
}

function page(name: string, path: string): Action {
  return { name, request: () => ({ method: 'GET', path }) }
}

function send(name: string, path: string, fields: Readonly<Record<string, string>>): Action {
  return { name, request: () => form(path, fields) }
}

function drawProfile(random: Random, email: string): Readonly<Record<string, string>> {
  return {
    email,
    phone: random.oneOf(['', `+1 518 555 ${1000 + random.below(9000)}`]),
    newsletter: random.oneOf(['Y', 'N']),
    'interest-BOOKS': random.oneOf(['Y', 'N']),
    'interest-PETS': 'Y',
  }
}

function pathOf(location: string): string {
  const url = new URL(location, 'http://shop.invalid')
  return `${url.pathname}${url.search}`
}
