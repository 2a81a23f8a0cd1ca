import { setTimeout as delay } from 'node:timers/promises'
import { type Load, openFaultWorld } from './fault-world.ts'

/** What came of a load while the route table changed. */
export interface ReloadedLoad extends Load {
  readonly reloads: number
}

/** Loads an edge for `seconds` while its route table is replaced and read again each 50 ms. */
export async function reloadUnderLoad(seconds: number): Promise<ReloadedLoad> {
  const world = await openFaultWorld()
  const until = performance.now() + seconds * 1000
  const goesOn = () => performance.now() < until
  let reloads = 0
  const reloading = (async () => {
    while (goesOn()) {
      await world.writeRoutes(reloads % 2 === 0 ? 'other' : 'first')
      const reloaded = await world.edge.reload()
      if (!reloaded.ok) throw new Error(reloaded.problems.join('\n'))
      reloads += 1
      await delay(50)
    }
  })()
  const [load] = await Promise.all([world.load(16, goesOn), reloading])
  await world.close()
  return { ...load, reloads }
}
