import type { Exchange } from '@banyan/toolkit/traffic'

const perSession = 10
const padding = 'x'.repeat(120)

/** Sessions of ten reads each: the first gives a cookie that the nine others carry. */
export function exchange(index: number): Exchange {
  const session = Math.floor(index / perSession)
  const starts = index % perSession === 0
  const token = `~tok_${session.toString(16).padStart(12, '0')}`
  const data = `{"id":${index},"name":"product ${index}","price":{"currency":"EUR","amount":1999},"tags":["new","sale"],"note":"${padding}"}`
  return {
    id: `x${index}`,
    at: new Date(1_800_000_000_000 + index).toISOString(),
    ...{ route: 'products', capability: 'catalog', servedBy: 'legacy', caller: `caller-${session}`, tookMs: 2 },
    request: {
      method: 'GET',
      target: `/${starts ? 'start' : 'products'}/${index}`,
      headers: [
        ['Host', 'shop.example'],
        ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'],
        ['Accept', 'application/json'],
        ...(starts ? [] : [['Cookie', `sid=${token}`] as const]),
      ],
      body: undefined,
    },
    response: {
      status: 200,
      headers: [
        ['Content-Type', 'application/json'],
        ...(starts ? [['Set-Cookie', `sid=${token}; Path=/`] as const] : []),
      ],
      body: { encoding: 'utf8', data, bytes: data.length, truncated: false },
    },
  }
}
