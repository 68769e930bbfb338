import type { ComponentChildren } from 'preact'
import { apiUrl, type Query } from '@/lib/api'
import { withFilters } from '@/lib/location'
import { Empty, type EmptyReason } from '@/parts/states'

export interface Column<Row> {
  title: string
  cell: (row: Row) => ComponentChildren
  number?: boolean                 // to the right, digits of one width
}
export interface TableProps<Row> {
  caption: string
  columns: Column<Row>[]
  rows: readonly Row[]
  rowKey: (row: Row) => string | number
  empty?: EmptyReason              // why there are no rows; none unless it is said
  emptyWords?: ComponentChildren
  csv?: { path: string; query?: Query }   // the same rows from the API, as CSV
  next?: string | number | null    // cursor of the next page (`after`)
  total?: number | undefined
  first?: boolean                  // false: there are pages before this one
}

/// A table of operations: compact, scrolls by itself, leads to its CSV and its next page.
export function Table<Row>(props: TableProps<Row>) {
  const { caption, columns, rows, rowKey, csv, next, total } = props
  const onLaterPage = new URLSearchParams(location.search).has('after')
  return (
    <>
      {rows.length === 0 ? <><h2 class="govuk-heading-s">{caption}</h2><Empty why={props.empty ?? 'none'}>{props.emptyWords}</Empty></> : (
        <div class="mw-scroll" tabIndex={0} role="region" aria-label={caption}>
          <table class="mw-table">
            <caption><span class="mw-caption">{caption}</span></caption>
            <thead><tr>{columns.map((c) => <th scope="col" key={c.title} class={c.number ? 'mw-number' : undefined}>{c.title}</th>)}</tr></thead>
            <tbody>{rows.map((row) => (
              <tr key={rowKey(row)}>{columns.map((c) => <td key={c.title} class={c.number ? 'mw-number' : undefined}>{c.cell(row)}</td>)}</tr>
            ))}</tbody>
          </table>
        </div>
      )}
      <div class="mw-under">
        {rows.length > 0 && <p class="govuk-body">{rows.length}{total !== undefined && total !== rows.length ? ` of ${total}` : ''} shown</p>}
        {onLaterPage && <a class="govuk-link" href={withFilters({ after: '' })}>First page</a>}
        {next !== undefined && next !== null && next !== '' && <a class="govuk-link" href={withFilters({ after: String(next) })}>Next page</a>}
        {csv && <a class="govuk-link" href={apiUrl(csv.path, { ...csv.query, format: 'csv' })} download>Download as CSV</a>}
      </div>
    </>
  )
}

/// Whether rows are missing because of filters in the URL.
export function whyEmpty(query: URLSearchParams, ...notFilters: string[]): EmptyReason {
  for (const [name, value] of query) {
    if (value && name !== 'after' && name !== 'limit' && !notFilters.includes(name)) return 'filtered'
  }
  return 'none'
}
