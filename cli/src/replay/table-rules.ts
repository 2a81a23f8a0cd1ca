import { readFile } from 'node:fs/promises'
import type { CompareRule } from '@banyan/toolkit/compare'
import { parseRouteTable, type RouteTable } from '@banyan/toolkit/routing'
import { locate, type PlaceOptions } from '../place.ts'
import type { Shell } from '../shell.ts'

const none: readonly CompareRule[] = []

/** The rules that people accepted in the route table, by route; none for a route that it does not know. */
export function acceptedRules(
  table: RouteTable | undefined,
): (about: { readonly route: string }) => readonly CompareRule[] {
  const rules = new Map(
    table?.routes.flatMap(({ name, target }) =>
      target.kind === 'capability' ? [[name, target.capability.compare]] : [],
    ),
  )
  return ({ route }) => rules.get(route) ?? none
}

/**
 * The route table, if there is one: a replay needs none, but its accepted rules hold. One that is not valid is left aside,
 * and that is said.
 */
export async function tableOf(options: PlaceOptions, shell: Shell): Promise<RouteTable | undefined> {
  const { routes } = locate(options, shell)
  const text = await readFile(routes, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const parsed = parseRouteTable(text, routes)
  if (!parsed.ok) shell.say(`! ${routes} is not valid, so its accepted rules do not count: banyan routes check`)
  return parsed.ok ? parsed.table : undefined
}

/** Why an exchange is left out of a replay; undefined for one that is sent. */
export type LeaveOut = (exchange: { readonly route: string }) => string | undefined

/**
 * Leaves out what was not asked for, and, where the service is asked, exchanges of routes to a plain upstream: they are no
 * business of a service, which has no answer for them.
 */
export function leaveOut(
  table: RouteTable | undefined,
  { only, service }: { readonly only: readonly string[] | undefined; readonly service: boolean },
): LeaveOut {
  const plain = new Set(table?.routes.flatMap(({ name, target }) => (target.kind === 'upstream' ? [name] : [])))
  const wanted = only === undefined ? undefined : new Set(only)
  return ({ route }) => {
    if (wanted !== undefined && !wanted.has(route)) return 'not-asked-for'
    return service && plain.has(route) ? 'of-routes-without-arms' : undefined
  }
}
