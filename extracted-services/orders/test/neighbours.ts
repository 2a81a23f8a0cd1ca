import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** What a stand-in neighbour answers to a path: a body with 200, JSON or text as it is, a status, or nothing at all. */
export type Answer = object | number | 'nothing' | `<${string}`

/** A real HTTP server that answers as it is told, and keeps what it was asked. */
export interface StandIn {
  readonly url: string
  readonly asked: { readonly path: string; readonly headers: IncomingMessage['headers'] }[]
  stop(): Promise<void>
}

/** Starts a neighbour on a port of its own; it ends with the test. */
export async function startNeighbour(answerTo: (path: string) => Answer): Promise<StandIn> {
  const asked: StandIn['asked'] = []
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    asked.push({ path, headers: request.headers })
    const answer = answerTo(path)
    if (answer === 'nothing') return
    if (typeof answer === 'number') return response.writeHead(answer).end('{}')
    const body = typeof answer === 'string' ? answer : JSON.stringify(answer)
    response.writeHead(200, { 'content-type': 'application/json' }).end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = () => new Promise<void>((resolve) => server.close(() => resolve()).closeAllConnections())
  onTestFinished(stop)
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, stop }
}

/** Two users: 1 is active and has a billing and a shipping address, 2 is suspended. Others are unknown. */
export function usersAnswer(path: string): Answer {
  const address = { line1: '1 Main St', line2: null, city: 'Ithaca', region: 'NY', postalCode: '14850', country: 'US' }
  const addresses = [
    { id: 11, kind: 'billing', isDefault: true, ...address },
    { id: 12, kind: 'shipping', isDefault: false, ...address, region: 'PA' },
  ]
  const legacy = { line1: '1 Main St', line2: null, city: 'Ithaca', zip: '14850', country: 'US' }
  const answers: Readonly<Record<string, Answer>> = {
    '/users/1': { id: 1, status: 'active', displayName: 'Ian McKay', addresses },
    '/users/2': { id: 2, status: 'suspended', displayName: 'Robert Null', addresses: [] },
    '/users/3': { id: 3, status: 'active', displayName: 'Cher', addresses: [] },
    '/api/customers/1': {
      id: '1',
      name: 'McKAY, IAN',
      status: 'A',
      addresses: [{ id: '11', type: 'B', ...legacy, state: 'NY', default: 'Y' }],
    },
    '/api/customers/2': { id: '2', name: 'NULL, ROBERT', status: 'S', addresses: [] },
  }
  return answers[path] ?? 404
}

/** A shop: product 5 costs 19.95 and there are three, 6 costs 40.10, 7 is not on sale; order 900 was paid for there. */
export function shopAnswer(path: string): Answer {
  const answers: Readonly<Record<string, Answer>> = {
    '/api/products/5': { id: '5', title: 'Oak spoon', price: '19.95', active: 'Y' },
    '/api/inventory/5': { productId: '5', onHand: 3 },
    '/api/products/6': { id: '6', title: 'Pine stool', price: '40.10', active: 'Y' },
    '/api/inventory/6': { productId: '6', onHand: 100 },
    '/api/products/7': { id: '7', title: 'Elm bowl', price: '1.00', active: 'N' },
    '/api/inventory/7': { productId: '7', onHand: 9 },
    '/api/orders/900/payments': { payments: [{ id: '900' }] },
  }
  if (/\/payments$/.test(path)) return answers[path] ?? { payments: [] }
  if (/\/shipments$/.test(path)) return { shipments: [{ id: '1', status: 'P' }] }
  return answers[path] ?? 404
}
