import type { FastifyInstance } from 'fastify'
import { showMoney } from '../money/money.ts'
import { type Shop, shopName } from '../shop.ts'
import { type Html, html } from '../web/html.ts'
import { cutToWindow, keyFrom } from '../web/numbers.ts'
import { queryText } from '../web/query-text.ts'
import { sendPage, sessionOf, visitorOf } from '../web/visit.ts'
import { pictureOf } from './picture.ts'
import { listBestSellers, listProducts, type ProductColumns, readCategoryName, readProduct } from './read.ts'

const perPage = 24

interface PageQuery {
  readonly after?: unknown
  readonly q?: unknown
}

/** The store front, the shelves, the search and the product pages. */
export function catalogPages(app: FastifyInstance, shop: Shop): void {
  app.get('/', async (request, reply) => {
    const visitor = visitorOf(await sessionOf(shop, request))
    const [best, latest] = [await listBestSellers(shop.db, 8), await listProducts(shop.db, { after: 0, limit: 8 })]
    return sendPage(reply, { title: 'Welcome', visitor }, front(best, latest.slice(0, 8)))
  })

  app.get<{ Params: { code: string }; Querystring: PageQuery }>('/category/:code', async (request, reply) => {
    const visitor = visitorOf(await sessionOf(shop, request))
    const category = request.params.code
    const title = await readCategoryName(shop.db, category)
    if (title === undefined) return reply.callNotFound()
    const after = keyFrom(request.query.after) ?? 0
    const rows = await listProducts(shop.db, { after, limit: perPage }, { category })
    return sendPage(reply, { title, visitor }, shelf(title, rows, `/category/${category}?`))
  })

  app.get<{ Querystring: PageQuery }>('/search', async (request, reply) => {
    const visitor = visitorOf(await sessionOf(shop, request))
    const query = (queryText(request.query.q) ?? '').slice(0, 100)
    const after = keyFrom(request.query.after) ?? 0
    const rows = await listProducts(shop.db, { after, limit: perPage }, { words: query })
    const title = query === '' ? 'Everything' : `Search: ${query}`
    return sendPage(reply, { title, visitor, query }, shelf(title, rows, `/search?q=${encodeURIComponent(query)}&`))
  })

  app.get<{ Params: { id: string } }>('/products/:id', async (request, reply) => {
    const visitor = visitorOf(await sessionOf(shop, request))
    const id = keyFrom(request.params.id)
    const product = id === undefined ? undefined : await readProduct(shop.db, id)
    if (!product) return reply.callNotFound()
    return sendPage(reply, { title: product.ttl, visitor }, productPage(product))
  })
}

function front(best: readonly ProductColumns[], latest: readonly ProductColumns[]): Html {
  return html`<div class="hero"><h1>Good things, plainly made</h1>
<p>${shopName} has sold lanterns, kites and teapots by post since the spring of 2011. Orders over $75 travel free.</p></div>
<h2>What people are buying</h2>${cards(best)}
<h2>From our shelves</h2>${cards(latest)}`
}

function shelf(title: string, rows: readonly ProductColumns[], link: string): Html {
  const { items, next } = cutToWindow(rows, perPage, (row) => row.prod_id)
  if (items.length === 0)
    return html`<h1>${title}</h1><p>Nothing on this shelf. Try a shorter word: kite, tin, oak.</p>`
  return html`<h1>${title}</h1>${cards(items)}
<p class="pager"><span></span>${next !== null && html`<a href="${link}after=${next}">More &raquo;</a>`}</p>`
}

function cards(products: readonly ProductColumns[]): Html {
  return html`<div class="grid">${products.map(
    (product) => html`<a class="card" href="/products/${product.prod_id}">${pictureOf(product)}
  <span class="about"><span class="name">${product.ttl}</span><span class="price">${showMoney(product.prc)}</span></span></a>`,
  )}</div>`
}

function productPage(product: ProductColumns): Html {
  const tags = product.tags === '' ? [] : product.tags.split(',')
  return html`<p class="soft"><a href="/category/${product.cat_cd}">${product.cat_nm}</a> &rsaquo; ${product.sku}</p>
<div class="product"><div class="big">${pictureOf(product)}</div>
<div><h1>${product.ttl}</h1>
<p>${tags.map((tag) => html`<span class="tag">${tag.toLowerCase()}</span>`)}</p>
<p>${product.descr ?? 'We have not found the words for this one yet. Come in and hold it.'}</p>
<p class="price">${showMoney(product.prc)}</p>
${product.act_flg === 'Y' && product.qty_oh > 0 ? addForm(product) : html`<p class="sorry">Not to be had at the moment.</p>`}
</div></div>`
}

function addForm(product: ProductColumns): Html {
  return html`<form method="post" action="/cart/add"><input type="hidden" name="product" value="${product.prod_id}">
<input name="quantity" type="number" min="1" max="99" value="1" aria-label="Quantity" size="3"> <button>Put in the cart</button></form>
<p class="soft">${product.qty_oh > 10 ? 'In stock, sent within a day.' : `Only ${product.qty_oh} left.`}</p>`
}
