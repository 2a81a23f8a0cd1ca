import { parseInstant } from '../describe/instant.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const clockMs = 1500
const momentMs = 250
const secondsMs = 5000

/** What the service may have done to an instant: `hours+5`, `zone`, `days-1`, `seconds-cut`; undefined when one is none. */
export function instantPatterns(legacy: string, service: string): string[] | undefined {
  const a = parseInstant(legacy)
  const b = parseInstant(service)
  if (a === undefined || b === undefined) return undefined
  if (a.ms === b.ms) return a.hasZone === b.hasZone ? ['other-notation'] : ['other-notation', 'zone-left-out']
  const found = [...apartPatterns(b.ms - a.ms), ...cutPatterns(a.ms, b.ms), ...swapped(legacy, service)]
  return [...found, ...(found.length > 0 ? secondsApart(b.ms - a.ms) : momentsApart(b.ms - a.ms))]
}

/** Two counts of seconds or milliseconds since 1970 that lie a number of quarter hours apart. */
export function epochPatterns(legacy: number, service: number): string[] {
  const unitMs = legacy > 1e11 ? 1 : 1000
  if (legacy < 3e8 || service < 3e8 || legacy > 1e13) return []
  return apartPatterns((service - legacy) * unitMs)
}

/** What nothing but a moment explains: kept apart from instants that are altogether others. */
function momentsApart(apartMs: number): string[] {
  return Math.abs(apartMs) <= momentMs ? ['milliseconds-apart'] : secondsApart(apartMs)
}

/** Also where the second before is a whole minute by chance. */
function secondsApart(apartMs: number): string[] {
  return Math.abs(apartMs) > momentMs && Math.abs(apartMs) <= secondsMs ? ['seconds-apart'] : []
}

/** No zone is more than 14 hours off, and all are whole quarters. A clock runs on between the answers of both arms. */
function apartPatterns(apartMs: number): string[] {
  const hours = Math.round((4 * apartMs) / hourMs) / 4
  if (hours === 0) return []
  const isNear = Math.abs(apartMs - hours * hourMs) <= clockMs
  if (Math.abs(hours) <= 14 && isNear) return [`hours${signed(hours)}`, 'zone']
  return Number.isInteger(apartMs / dayMs) ? [`days${signed(apartMs / dayMs)}`, 'days'] : []
}

function cutPatterns(legacyMs: number, serviceMs: number): string[] {
  const cutTo = (unitMs: number) => serviceMs === legacyMs - (((legacyMs % unitMs) + unitMs) % unitMs)
  return [
    ...(cutTo(1000) ? ['fraction-cut'] : []),
    ...(cutTo(minuteMs) ? ['seconds-cut'] : []),
    ...(cutTo(dayMs) ? ['time-cut'] : []),
  ]
}

/** 03/04/2026 for 04/03/2026, in either notation. */
function swapped(legacy: string, service: string): string[] {
  const us = /^(\d\d)\/(\d\d)\/(.*)$/s.exec(legacy)
  const iso = /^(\d{4})-(\d\d)-(\d\d)(.*)$/s.exec(legacy)
  const other =
    us !== null ? `${us[2]}/${us[1]}/${us[3]}` : iso !== null ? `${iso[1]}-${iso[3]}-${iso[2]}${iso[4]}` : ''
  return other === service ? ['day-month-swapped'] : []
}

function signed(amount: number): string {
  return `${amount < 0 ? '-' : '+'}${Math.abs(amount)}`
}
