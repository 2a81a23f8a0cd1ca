import { isJsonObject, parseJson } from '@banyan/toolkit/base'
import type { Logger } from 'pino'
import { stillRefused } from '../route-table/route-table-source.ts'
import type { Reload } from './reload-all.ts'

/** Logs what the primary alone knows of a reload that failed. */
export function sayReload(reload: Reload, log: Logger): void {
  if (reload.kind === 'refused') log.error({ problems: reload.answer.problems }, 'route table refused')
  if (reload.kind === 'not-all' && reload.fanned.kind === 'silent')
    log.error({ why: reload.fanned.why }, 'the route table is not live in all workers')
}

/** Workers say each bad content once: who asks for a reload by a signal is answered all the same. */
export function sayStillRefused(reload: Reload, log: Logger): void {
  if (reload.kind === 'not-all' && reload.fanned.kind === 'refused')
    log.error({ problems: problemsOf(reload) }, stillRefused)
}

/** What is wrong with the file; undefined where a reload says nothing about that. */
export function problemsOf(reload: Reload): readonly string[] | undefined {
  if (reload.kind === 'live') return undefined
  if (reload.kind === 'refused')
    return reload.answer.code === 'route-table-invalid' ? reload.answer.problems : undefined
  const answer = reload.fanned.kind === 'refused' ? parseJson(reload.fanned.refusal.text) : undefined
  if (!isJsonObject(answer) || answer.code !== 'route-table-invalid' || !Array.isArray(answer.problems))
    return undefined
  return answer.problems.map(String)
}
