import { type LessonCheck, requestsOf, routeOf } from '../check.ts'

/** Route users.read serves the service, and the service has answered. */
export const check: LessonCheck = async (demo) => {
  const route = routeOf(await demo.status(), 'users.read')
  if (route.serve !== 'service') return { reached: false, missing: `users.read serves "${route.serve}", not "service"` }
  if (requestsOf(route, 'service') === 0)
    return { reached: false, missing: 'no shopper has read a customer yet: wait a second' }
  return { reached: true, saw: `requests that the users service has answered: ${requestsOf(route, 'service')}` }
}
