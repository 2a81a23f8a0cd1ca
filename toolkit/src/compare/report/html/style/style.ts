import { clusterStyle } from './cluster-style.ts'
import { figureStyle } from './figure-style.ts'
import { pageStyle } from './page-style.ts'
import { routeStyle } from './route-style.ts'

/** The whole style sheet of the report. */
export const style = [pageStyle, figureStyle, routeStyle, clusterStyle].join('').replaceAll(/\n\s*/g, '\n')
