/// A form as GET /services/{service}/form tells it, and what somebody has filled in.
export interface Part {
  kind: 'field' | 'mark' | 'group' | 'choice' | 'together'
  least: number
  most: number | null
  name?: string
  path?: string
  label?: string
  help?: string
  parts?: Part[]
  type?: string
  wants?: string
  longest?: number
  values?: { value: string; word?: string }[]
  unit?: string
  sample?: string
  how_sure?: string
}
export interface UseCase { use_case: string; name?: string; code?: string; devices?: string }
export interface Service {
  service: string
  name: string
  critical: boolean
  non_device: boolean
  future_dated: string
  command_variants: { cv: number; web_service: string; name: string }[]
  roles: string[]
  device_types: string[]
  use_cases: UseCase[]
}
export interface Form extends Service {
  form: Part
  sample: Record<string, string>
  users: { user: string; name: string; roles: string[]; eligible: boolean; may_send: boolean }[]
  can_send: boolean
}

/// What is filled in: texts by place; which part of a choice; how many of what repeats or may be left out, by place.
export interface Filled {
  texts: Record<string, string>
  chosen: Record<string, number>
  counts: Record<string, number>
}
export const nothing: Filled = { texts: {}, chosen: {}, counts: {} }

/// "Seasons/Season[2]": the place of the nth element of a name.
export const placeOf = (parent: string, name: string, n: number): string =>
  (parent ? `${parent}/` : '') + name + (n > 1 ? `[${n}]` : '')
/// The id of a field on the page.
export const idOf = (place: string): string => `f-${place.replace(/[^A-Za-z0-9]+/g, '-').replace(/-$/, '')}`

/// How a choice or a group without an element of its own is called in `chosen` and `counts`: by its first element's place.
export function keyOf(part: Part, parent: string, only: number): string {
  return part.name ? placeOf(parent, part.name, only || 1) : `${parent}|${firstNames(part).join(',')}|${only}`
}
export function firstNames(part: Part): string[] {
  if (part.name) return [part.name]
  return (part.parts ?? []).flatMap(firstNames)
}
/// How often a part is there: as often as it must, unless somebody has asked for more or, where it may be left out, for it.
export function countOf(part: Part, key: string, filled: Filled): number {
  const asked = filled.counts[key]
  return asked === undefined ? part.least : Math.max(part.least, asked)
}

/// The words of a choice's alternative.
export function labelOf(part: Part): string {
  if (part.label) return part.label
  const labels = (part.parts ?? []).map(labelOf).filter(Boolean)
  return labels.slice(0, 3).join(', ') + (labels.length > 3 ? ' …' : '')
}

/// What goes to the API: the texts at every place of the form as it stands, and marks. What was filled in at a place that is
/// no longer there stays behind.
export function fieldsOf(form: Part, filled: Filled): Record<string, string> {
  const out: Record<string, string> = {}
  const one = (part: Part, parent: string, only: number): void => {
    const key = keyOf(part, parent, only)
    if (part.kind === 'choice') {
      if (countOf(part, key, filled) === 0) return
      const alternative = part.parts?.[filled.chosen[key] ?? -1]
      if (alternative) one(alternative, parent, only)
      return
    }
    if (part.kind === 'together') {
      const times = countOf(part, key, filled)
      const repeats = part.most === null || part.most > 1
      for (let n = 1; n <= times; n++) part.parts?.forEach((inner) => one(inner, parent, repeats ? n : only))
      return
    }
    if (part.kind === 'field' && part.least === 0 && (part.most === 1 || only)) {
      const text = filled.texts[placeOf(parent, part.name!, only || 1)]
      if (text) out[placeOf(parent, part.name!, only || 1)] = text
      return
    }
    const times = only ? 1 : countOf(part, key, filled)
    for (let n = 1; n <= times; n++) {
      const place = placeOf(parent, part.name!, only || n)
      if (part.kind === 'field') {
        const text = filled.texts[place]
        if (text) out[place] = text
      } else {
        out[place] = ''
        part.parts?.forEach((inner) => one(inner, place, 0))
      }
    }
  }
  form.parts?.forEach((part) => one(part, '', 0))
  return out
}

/// The other way: places and texts, such as the sample, into the form.
export function fillFrom(form: Part, fields: Record<string, string>): Filled {
  const out: Filled = { texts: {}, chosen: {}, counts: {} }
  const places = Object.keys(fields)
  const isThere = (place: string) => places.some((one) => one === place || one.startsWith(`${place}/`) || one.startsWith(`${place}[`))
  const starts = (part: Part, parent: string, only: number): boolean =>
    firstNames(part).some((name) => isThere(placeOf(parent, name, only || 1)))
  const one = (part: Part, parent: string, only: number): void => {
    const key = keyOf(part, parent, only)
    if (part.kind === 'choice') {
      const at = (part.parts ?? []).findIndex((alternative) => starts(alternative, parent, only))
      if (at < 0) return
      out.chosen[key] = at
      out.counts[key] = 1
      one(part.parts![at]!, parent, only)
      return
    }
    if (part.kind === 'together') {
      const repeats = part.most === null || part.most > 1
      let times = 0
      while (times < (repeats ? part.most ?? 50 : 1) && firstNames(part).some((name) => isThere(placeOf(parent, name, repeats ? times + 1 : only || 1)))) times++
      out.counts[key] = times
      for (let n = 1; n <= times; n++) part.parts?.forEach((inner) => one(inner, parent, repeats ? n : only))
      return
    }
    let times = 0
    while (times < (only ? 1 : part.most ?? 10_000) && isThere(placeOf(parent, part.name!, only || times + 1))) times++
    out.counts[key] = times
    for (let n = 1; n <= times; n++) {
      const place = placeOf(parent, part.name!, only || n)
      if (part.kind === 'field') out.texts[place] = fields[place] ?? ''
      else part.parts?.forEach((inner) => one(inner, place, 0))
    }
  }
  form.parts?.forEach((part) => one(part, '', 0))
  return out
}
