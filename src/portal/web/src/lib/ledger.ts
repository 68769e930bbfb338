/// What GET /api/v1/kinds/<kind> and /api/v1/ledger say (docs/operations/oversight.md).
export interface Field {
  name: string; type: string; list: boolean; required: boolean; set_by: string; class: string; meaning: string
  indexed: boolean; refers_to?: string; choices?: string[]; source: string
}
export interface Transition { action: string; from: string; to: string; needs: string[]; who: string[]; meaning: string; source: string; guard: string; effect: string }
export interface Kind {
  kind: string; title: string; meaning: string; class: string; source: string; format: string; label?: string
  fields: Field[]; states: string[]; transitions: Transition[]; created_by: string[]; changed_by: string[]
}
export type Value = string | number | boolean | null | Value[] | { [name: string]: Value }
export interface LedgerRecord {
  reference: string; kind: string; state: string; class: string; revision?: number
  fields: Record<string, Value>
  [more: string]: unknown
}

/// A field's name as people read it: "asked_of" -> "Asked of".
export const titleOf = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).replace(/_/g, ' ')

/// Where a record is seen. References may hold spaces and slashes.
export const recordPath = (kind: string, reference: string): string => `/ledger/${kind}/${encodeURIComponent(reference)}`
