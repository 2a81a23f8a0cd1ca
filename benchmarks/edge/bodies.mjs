// What upstreams answer with.
const customer = { id: '7', name: 'SMITH, JOHN', email: 'john@shop.example', note: 'x'.repeat(200) }

/** By kind of request; a POST gets the small one. */
export const bodies = { small: JSON.stringify(customer), '64k': 'x'.repeat(65_536), '1m': 'x'.repeat(1_048_576) }

/** The small one in other bytes that mean the same. */
export const otherBytes = JSON.stringify(customer, Object.keys(customer).reverse())
