import type { EdgeStatus, RouteStatus, TallyReport } from '@banyan/edge-proxy/admin-api'

/** What a lesson's check may look at. */
export interface WorkshopDemo {
  status(): Promise<EdgeStatus>
  tally(): Promise<TallyReport>
  /** How many flips stand in the journal, how many were taken back, and whether its hash chain holds. */
  journal(): Promise<{ readonly flips: number; readonly undone: number; readonly intact: boolean }>
}

/** Whether a lesson's goal is reached: what was seen, or what is missing. */
export type LessonOutcome =
  | { readonly reached: true; readonly saw: string }
  | { readonly reached: false; readonly missing: string }

/** The check of one lesson. */
export type LessonCheck = (demo: WorkshopDemo) => Promise<LessonOutcome>

/** The route of that name as it is live. */
export function routeOf(status: EdgeStatus, name: string): RouteStatus {
  const found = status.routes.find((route) => route.route === name)
  if (found === undefined) throw new Error(`the live route table has no route "${name}"`)
  return found
}

/** How many requests an arm of a route has served since the edge started. */
export function requestsOf(route: RouteStatus, arm: string): number {
  return route.arms.find((one) => one.arm === arm)?.requests ?? 0
}
