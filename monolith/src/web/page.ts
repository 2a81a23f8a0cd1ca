import { shopName } from '../shop.ts'
import { type Html, html, trusted } from './html.ts'
import { style } from './style.ts'

/** What stands around a page's content. */
export interface PageFrame {
  readonly title: string
  /** Who is logged in, by the name to greet them with. */
  readonly visitor?: Visitor | undefined
  /** What was searched for, shown in the search box again. */
  readonly query?: string
}

/** What a page says about who looks at it. */
export interface Visitor {
  readonly greeting: string
  readonly cartCount: number
  readonly isStaff: boolean
  readonly loggedIn: boolean
}

const stranger: Visitor = { greeting: '', cartCount: 0, isStaff: false, loggedIn: false }

/** A whole HTML document. */
export function page(frame: PageFrame, content: Html): string {
  const visitor = frame.visitor ?? stranger
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${frame.title} | ${shopName}</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M8 1l5 8H9.5v5h-3V9H3z' fill='%23355e4b'/%3E%3C/svg%3E">
<style>${trusted(style)}</style>
</head>
<body>
<header>
  <div class="wrap top">
    <a class="brand" href="/">${tree}<span>${shopName}<small>General store, online since 2011</small></span></a>
    <form class="search" action="/search" method="get" role="search">
      <input name="q" value="${frame.query ?? ''}" placeholder="Lanterns, kites, teapots ..." aria-label="Search the shop"><button>Search</button>
    </form>
    <nav class="account">${accountLinks(visitor)}</nav>
  </div>
  <nav class="shelves"><div class="wrap">${shelfLinks}</div></nav>
</header>
<main class="wrap">
${content}
</main>
<footer><div class="wrap"><p>${shopName} &middot; 14 Wharf Street &middot; orders over $75 travel free &middot; all times are Eastern</p></div></footer>
</body>
</html>
`.html
}

const tree = trusted(
  '<svg viewBox="0 0 32 32" width="40" height="40" aria-hidden="true"><path d="M16 2l8 11h-4l6 9H18v7h-4v-7H6l6-9H8z" fill="#f4ead2"/></svg>',
)

const shelves: readonly (readonly [string, string])[] = [
  ['BOOKS', 'Books & Maps'],
  ['CAMP', 'Camp & Trail'],
  ['GARDEN', 'Garden'],
  ['KITCHEN', 'Kitchen'],
  ['MUSIC', 'Music'],
  ['PETS', 'Pets'],
  ['TOOLS', 'Tools'],
  ['TOYS', 'Toys & Games'],
]

const shelfLinks = shelves.map(([code, name]) => html`<a href="/category/${code}">${name}</a>`)

function accountLinks(visitor: Visitor): readonly Html[] {
  const cart = html`<a class="cart" href="/cart">Cart${visitor.cartCount > 0 && html` <b>${visitor.cartCount}</b>`}</a>`
  if (!visitor.loggedIn) return [html`<a href="/login">Log in</a>`, html`<a href="/register">New here?</a>`, cart]
  return [
    html`<a href="/profile">${visitor.greeting}</a>`,
    html`<a href="/orders">My orders</a>`,
    ...(visitor.isStaff ? [html`<a href="/admin">Back office</a>`] : []),
    html`<form class="inline" method="post" action="/logout"><button class="plain">Log out</button></form>`,
    cart,
  ]
}
