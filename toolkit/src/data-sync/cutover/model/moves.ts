import type { Arm } from '../action.ts'
import { type CutoverPlan, otherArm } from '../plan.ts'
import { act } from './act.ts'
import { arrive, askEdge, isEdgeAction, letGo, runOut } from './edges.ts'
import type { Outcome, Programs } from './programs.ts'
import { type Bounds, type Coordinator, execute, type Mistakes, type World } from './world.ts'

/** One thing that may happen next. `apply` changes the world that it is handed; false: it cannot happen now after all. */
export interface Move {
  readonly label: string
  readonly apply: (world: World) => boolean
}

/** What the moves need beside the world. */
export interface Model {
  readonly bounds: Bounds
  readonly mistakes: Mistakes
  readonly programs: Programs
}

const mostRecoveries = 4

/** Everything that may happen next. */
export function movesOf(world: World, model: Model): readonly Move[] {
  return [
    ...world.coordinators.flatMap((_, index) => coordinatorMoves(world, index, model)),
    ...startMoves(world, model),
    ...world.clients.flatMap((_, index) => clientMoves(world, index)),
    ...world.edges.flatMap((edge, index) =>
      model.bounds.longHolds || edge.hold === null || edge.hold.phase === 'over'
        ? []
        : [whole(`the hold of edge ${index} runs out`, (next) => runOut(next, index))],
    ),
    ...strayMoves(world, otherArm(model.bounds.to)),
    ...workerMoves(world),
  ]
}

function coordinatorMoves(world: World, index: number, model: Model): readonly Move[] {
  const coordinator = world.coordinators[index]
  if (coordinator?.state !== 'running') return []
  const { action } = model.programs.at(coordinator.at)
  if (action === undefined) return []
  const what = `${coordinator.name}: ${action.do}`
  const doing = (label: string, way: Way): Move => ({ label, apply: (next) => step(next, index, { model, way }) })
  const mishaps = [
    doing(`${what} fails`, 'fails'),
    doing(`${what}, and its answer is lost`, 'answer lost'),
    doing(`${what} reaches its bound`, 'bound'),
    whole(`${coordinator.name} is killed before ${action.do}`, (next) => end(next, index, 'killed')),
  ].map(countedMishap)
  return [doing(what, 'well'), ...(world.mishaps > 0 ? mishaps : [])]
}

/** How an action goes: well, it fails before it is done, its answer is lost after it was done, or it waits until its bound. */
type Way = 'well' | 'fails' | 'answer lost' | 'bound'

function countedMishap({ label, apply }: Move): Move {
  return {
    label,
    apply: (next) => {
      next.mishaps--
      return apply(next)
    },
  }
}

/** One action of a coordinator, or the part of it at one edge. */
function step(world: World, index: number, { model, way }: { readonly model: Model; readonly way: Way }): boolean {
  const coordinator = world.coordinators[index]
  if (coordinator === undefined) return false
  const { program, action } = model.programs.at(coordinator.at)
  if (action === undefined) return false
  const goesOn = (outcome: Outcome) => goOn(world, index, { outcome, programs: model.programs })
  if (way === 'fails') return goesOn({ fault: `${action.do} failed` })
  const { mistakes, bounds } = model
  const done = isEdgeAction(action)
    ? askEdges(world, coordinator, { action, mistakes })
    : act(world, action, { program, mistakes, strayArm: otherArm(bounds.to) })
  if (done === 'waits') return way === 'bound' && goesOn({ result: action.do === 'move' ? 'busy' : false })
  if (way === 'bound') return false
  if (done === 'in part') return way === 'well'
  if (way === 'well') return goesOn(done)
  return !('fault' in done) && goesOn({ fault: `${action.do}: no answer` })
}

function askEdges(
  world: World,
  coordinator: Coordinator,
  asked: Parameters<typeof askEdge>[2],
): Outcome | 'waits' | 'in part' {
  const answer = askEdge(world, coordinator.part, asked)
  const { action } = asked
  if (answer === 'not yet') return 'waits'
  if (answer === 'refused') {
    if (action.do === 'hold') letGo(world, action.epoch)
    return { fault: `${action.do}: refused` }
  }
  coordinator.allYes &&= answer === 'yes'
  coordinator.part++
  if (coordinator.part < world.edges.length) return 'in part'
  return { result: action.do === 'drain' || action.do === 'announce-fence' ? coordinator.allYes : null }
}

function goOn(world: World, index: number, to: { readonly outcome: Outcome; readonly programs: Programs }): true {
  const coordinator = world.coordinators[index]
  if (coordinator === undefined) return true
  const at = to.programs.next(coordinator.at, to.outcome)
  world.coordinators[index] = { ...coordinator, at, part: 0, allYes: true }
  const { action, threw } = to.programs.at(at)
  if (action === undefined) end(world, index, threw === undefined ? 'ended' : 'failed')
  return true
}

// Where it stood makes no difference any more.
function end(world: World, index: number, state: Coordinator['state']): void {
  const coordinator = world.coordinators[index]
  if (coordinator !== undefined) world.coordinators[index] = { ...coordinator, state, at: 0, part: 0, allYes: true }
}

function startMoves(world: World, { bounds, programs }: Model): readonly Move[] {
  if (world.coordinators.length === 0) return [begin('A', bounds.to, programs)]
  const pending = pendingIn(world)
  if (pending === undefined) return secondCutover(world, bounds, programs)
  const isBusy = world.coordinators.some(({ state }) => state === 'running')
  const begun = world.coordinators.filter(({ name }) => name.startsWith('recovery')).length
  if (begun >= mostRecoveries || (isBusy && begun >= bounds.hastyRecoveries)) return []
  const name = `recovery ${begun + 1}`
  return [
    whole(`${name} begins`, (next) => {
      const at = programs.start({ kind: 'recovery', plan: planOf(pending) })
      next.coordinators.push({ name, at, part: 0, allYes: true, state: 'running' })
    }),
  ]
}

function secondCutover(world: World, { next: then }: Bounds, programs: Programs): readonly Move[] {
  if (then === undefined || world.coordinators.some(({ name }) => name === 'B')) return []
  const from = otherArm(then)
  const isOwned = world.rows.legacy.owner === from && world.rows.service.owner === from
  return isOwned ? [begin('B', then, programs)] : []
}

function begin(name: string, to: Arm, programs: Programs): Move {
  return whole(`${name} begins a cutover to ${to}`, (world) => {
    const { epoch } = world.rows[to]
    const at = programs.start({ kind: 'cutover', plan: planOf(`${name}:${to}:${epoch}`) })
    world.coordinators.push({ name, at, part: 0, allYes: true, state: 'running' })
  })
}

// An intent tells who recovers it all that the plan holds.
function planOf(id: string): CutoverPlan {
  const [, to, epoch] = id.split(':')
  return { id, to: to === 'legacy' ? 'legacy' : 'service', epoch: Number(epoch) }
}

/** The cutover that is under way: the arbiter is the row of the arm that it goes to. */
export function pendingIn({ rows }: World): string | undefined {
  const arms: readonly Arm[] = ['legacy', 'service']
  return arms
    .map((arm) => (rows[arm].intent?.includes(`:${arm}:`) ? rows[arm].intent : undefined))
    .find((intent) => intent !== undefined)
}

function clientMoves(world: World, index: number): readonly Move[] {
  const client = world.clients[index]
  if (client === 'new') return [whole(`client ${index} writes to its edge`, (next) => arrive(next, index))]
  if (client !== 'sent to legacy' && client !== 'sent to service') return []
  const arm: Arm = client === 'sent to legacy' ? 'legacy' : 'service'
  return [
    whole(`the write of client ${index} reaches ${arm}`, (next) => {
      if (next.rows[arm].owner !== arm)
        next.broken ??= `the write of client ${index} was refused by the fence of ${arm}`
      else execute(next, arm, index)
      next.clients[index] = 'acknowledged'
    }),
  ]
}

function strayMoves(world: World, arm: Arm): readonly Move[] {
  if (world.stray === 'idle') {
    return [
      whole(`a stray writer begins in ${arm}`, (next) => {
        next.stray = next.rows[arm].owner === arm ? 'open' : 'refused'
      }),
    ]
  }
  if (world.stray !== 'open') return []
  return [
    whole(`the stray writer commits in ${arm}`, (next) => {
      next.stray = 'committed'
      execute(next, arm, next.clients.length)
    }),
  ]
}

function workerMoves(world: World): readonly Move[] {
  const { worker } = world
  if (worker !== null) {
    return [
      whole(`the worker saves to ${worker.to}`, (next) => {
        next.worker = null
        const row = next.rows[worker.to]
        if (row.owner !== otherArm(worker.to) || row.epoch !== worker.epoch) return
        next.data[worker.to] = worker.data
        next.checkpoint[worker.to] = worker.through
      }),
    ]
  }
  const arms: readonly Arm[] = ['legacy', 'service']
  return arms
    .filter((to) => hasWork(world, to))
    .map((to) =>
      whole(`the worker loads for ${to}`, (next) => {
        const from = otherArm(to)
        next.worker = { to, epoch: next.rows[to].epoch, data: [...next.data[from]], through: next.feed[from] }
      }),
    )
}

function hasWork({ rows, checkpoint, feed }: World, to: Arm): boolean {
  const from = otherArm(to)
  const done = checkpoint[to]
  return rows[to].owner === from && done !== null && feed[from] > done
}

function whole(label: string, apply: (world: World) => void): Move {
  return {
    label,
    apply: (world) => {
      apply(world)
      return true
    },
  }
}
