import type { CutoverAction } from '../action.ts'
import { clientsOf, type Edge, type Mistakes, type World } from './world.ts'

/** The actions that each edge is asked for in turn. */
export type EdgeAction = Extract<CutoverAction, { do: 'hold' | 'drain' | 'announce-fence' | 'move-owner' | 'release' }>

/** What an edge answers: yes, no, that it is not yet so, or that it refuses. */
export type EdgeAnswer = 'yes' | 'no' | 'not yet' | 'refused'

/** Whether an action goes to the edges. */
export function isEdgeAction(action: CutoverAction): action is EdgeAction {
  return ['hold', 'drain', 'announce-fence', 'move-owner', 'release'].includes(action.do)
}

/** Does the action at one edge. */
export function askEdge(
  world: World,
  index: number,
  asked: { readonly action: EdgeAction; readonly mistakes: Mistakes },
): EdgeAnswer {
  const edge = world.edges[index]
  if (edge === undefined) return 'yes'
  const { action, mistakes } = asked
  switch (action.do) {
    case 'hold':
      return hold(edge, action.epoch, mistakes)
    case 'drain':
      return clientsOf(world, index).some((client) => world.clients[client]?.startsWith('sent')) ? 'not yet' : 'yes'
    case 'announce-fence':
      if (edge.hold?.epoch !== action.epoch) return 'no'
      edge.hold.phase = 'fenced'
      return 'yes'
    case 'move-owner':
      if (action.epoch < edge.told) return 'refused'
      edge.owner = action.owner
      edge.told = action.epoch
      return 'yes'
    case 'release':
      release(world, index, action)
      return 'yes'
    default: {
      const never: never = action
      return never
    }
  }
}

/** Lets go of every hold of an epoch, as a hold does that did not begin everywhere. */
export function letGo(world: World, epoch: number): void {
  world.edges.forEach((edge, index) => {
    if (edge.hold?.epoch === epoch) release(world, index, { owner: edge.owner, epoch })
  })
}

/** What an edge does by itself when a hold runs out: before the fence it lets go, behind it it answers 503. */
export function runOut(world: World, index: number): void {
  const edge = world.edges[index]
  if (edge?.hold === null || edge === undefined) return
  const { phase } = edge.hold
  if (phase === 'draining') {
    edge.hold = null
    sendHeld(world, index)
    return
  }
  edge.hold.phase = 'over'
  for (const client of heldAt(world, index)) refuse(world, index, client)
}

/** A client's write comes to its edge. */
export function arrive(world: World, client: number): void {
  const index = client % world.edges.length
  const edge = world.edges[index]
  if (edge === undefined) return
  if (edge.hold === null) world.clients[client] = `sent to ${edge.owner}`
  else if (edge.hold.phase === 'over') refuse(world, index, client)
  else world.clients[client] = 'held'
}

/** A held write, or one that comes behind the fence, is answered 503: only right while its cutover is not over. */
function refuse(world: World, index: number, client: number): void {
  const hold = world.edges[index]?.hold
  const released = world.edges[index]?.released ?? 0
  world.clients[client] = 'refused'
  if (hold && hold.epoch <= released) world.broken ??= `edge ${index} answered 503 for a cutover that was over`
}

function heldAt(world: World, index: number): readonly number[] {
  return clientsOf(world, index).filter((client) => world.clients[client] === 'held')
}

function sendHeld(world: World, index: number): void {
  const owner = world.edges[index]?.owner
  for (const client of heldAt(world, index)) if (owner !== undefined) world.clients[client] = `sent to ${owner}`
}

function hold(edge: Edge, epoch: number, { holdsWithoutEpoch }: Mistakes): EdgeAnswer {
  const isOld = epoch <= edge.released || epoch < (edge.hold?.epoch ?? epoch)
  if (isOld && !holdsWithoutEpoch) return 'refused'
  if (edge.hold?.epoch !== epoch) edge.hold = { epoch, phase: 'draining' }
  return 'yes'
}

function release(world: World, index: number, to: { readonly owner: Edge['owner']; readonly epoch: number }): void {
  const edge = world.edges[index]
  if (edge === undefined) return
  // Who is let go must not be sent to the old owner, even where the route table's file could not be edited.
  if (to.epoch >= edge.told) Object.assign(edge, { owner: to.owner, told: to.epoch })
  edge.released = Math.max(edge.released, to.epoch)
  if (edge.hold === null || edge.hold.epoch > to.epoch) return
  edge.hold = null
  sendHeld(world, index)
}
