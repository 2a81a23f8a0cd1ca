import type { Check, Seeing } from './preflight.ts'

/** Every edge answers, and its live route table names the owner that the databases name. */
export async function edgeChecks({ bench, from }: Seeing): Promise<readonly Check[]> {
  const edges = await bench.edges.see()
  if (edges.length === 0) {
    return [
      {
        name: 'edges',
        outcome: 'unknown',
        detail: 'no edge is known, so nobody would hold writes',
        hint: 'name them in the route table: edges: [http://127.0.0.1:8081]',
      },
    ]
  }
  return edges.map(({ url, answers, owner, trouble }): Check => {
    const name = `edge ${url}`
    if (!answers)
      return {
        name,
        outcome: 'fail',
        detail: trouble ?? 'it does not answer',
        hint: 'start it, or take it out of `edges:` in the route table',
      }
    if (trouble !== undefined) return { name, outcome: 'fail', detail: trouble, hint: 'banyan status' }
    if (owner !== from)
      return {
        name,
        outcome: 'fail',
        detail: `its route table says owner: ${owner ?? 'unknown'}, the databases say ${from}`,
        hint: 'banyan doctor names what disagrees',
      }
    return { name, outcome: 'pass', detail: `it answers, and sends writes to ${from}` }
  })
}
