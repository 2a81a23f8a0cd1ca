import type { Command } from 'commander'
import type { Shell } from '../shell.ts'
import { addRoutesCheck } from './routes-check.ts'
import { addRoutesExplain } from './routes-explain.ts'
import { addRoutesList } from './routes-list.ts'
import { addRoutesSuggest } from './routes-suggest.ts'

/** `banyan routes`: looks at the route table without an edge. */
export function addRoutes(program: Command, shell: Shell): void {
  const routes = program.command('routes').summary('list, check, explain and suggest the route table; no edge is asked')
  addRoutesList(routes, shell)
  addRoutesCheck(routes, shell)
  addRoutesExplain(routes, shell)
  addRoutesSuggest(routes, shell)
}
