import { readFile } from 'node:fs/promises'
import type { CompareRule } from '@banyan/toolkit/compare'
import { parseRouteTable, type Route, type RouteTable } from '@banyan/toolkit/routing'
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
 * Leaves out what was not asked for, and, where a service is asked, what is no business of it: exchanges of routes to a plain
 * upstream, and of other capabilities, when the route table names this address as the service of some.
 */
export function leaveOut(
  table: RouteTable | undefined,
  { only, service }: { readonly only: readonly string[] | undefined; readonly service: string | undefined },
): LeaveOut {
  const foreign = service === undefined ? new Map<string, string>() : foreignRoutes(table?.routes ?? [], service)
  const wanted = only === undefined ? undefined : new Set(only)
  return ({ route }) => {
    if (wanted !== undefined && !wanted.has(route)) return 'not-asked-for'
    return foreign.get(route)
  }
}

/** Routes that the service at this address has no answer for, and why. */
function foreignRoutes(routes: readonly Route[], address: string): ReadonlyMap<string, string> {
  const isHere = ({ target }: Route) =>
    target.kind === 'capability' && target.capability.service.urls.some(({ origin }) => origin === originOf(address))
  const isKnown = routes.some(isHere)
  return new Map(
    routes.flatMap((route): [string, string][] => {
      if (route.target.kind === 'upstream') return [[route.name, 'of-routes-without-arms']]
      return isKnown && !isHere(route) ? [[route.name, 'of-other-services']] : []
    }),
  )
}

function originOf(address: string): string | undefined {
  return URL.canParse(address) ? new URL(address).origin : undefined
}
