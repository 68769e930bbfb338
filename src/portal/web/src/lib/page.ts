import type { ComponentType } from 'preact'

/// What a page is given: the parts of its path that are variable, by name.
export interface PageProps { part: Record<string, string> }

/// A row of spec/pages.tsv.
export interface PageRow {
  path: string            // "/ledger/:kind/:reference"
  title: string
  area: string            // the group of the menu
  menu: boolean
  functions: string[]     // one of them is needed (spec/permissions.tsv); none: anybody
  component: ComponentType<PageProps>
  meaning: string
}

/// The row whose path this is, and the variable parts, percent-decoded. A literal part counts for more than a variable one.
export function findPage(rows: readonly PageRow[], path: string): { row: PageRow; part: Record<string, string> } | null {
  const there = path.split('/').filter(Boolean)
  let best: { row: PageRow; part: Record<string, string>; literal: number } | null = null
  for (const row of rows) {
    const wanted = row.path.split('/').filter(Boolean)
    if (wanted.length !== there.length) continue
    const part: Record<string, string> = {}
    let literal = 0
    const fits = wanted.every((name, i) => {
      if (name.startsWith(':')) {
        part[name.slice(1)] = decoded(there[i]!)
        return true
      }
      literal++
      return name === there[i]
    })
    if (fits && (best === null || literal > best.literal)) best = { row, part, literal }
  }
  return best
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
