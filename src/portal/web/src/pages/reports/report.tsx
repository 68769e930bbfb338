import { useState } from 'preact/hooks'
import { apiUrl, ask, part, type Problem } from '@/lib/api'
import { useFilters } from '@/lib/location'
import type { PageProps } from '@/lib/page'
import { useSession } from '@/lib/session'
import { useApi } from '@/lib/use_api'
import { announce } from '@/parts/announce'
import { Confirm } from '@/parts/confirm'
import { Filters } from '@/parts/filters'
import { Loaded } from '@/parts/states'
import { Table } from '@/parts/table'
import { Tag, type Colour } from '@/parts/tag'
import { titleOfForm } from '@/pages/reports/list'

interface Figure {
  figure: string; group: string; title: string; value: string; target?: string; minimum?: string; standing: string; month: string; clause: string
  numerator: string; denominator: string; counted: number; of: number; excluded: number; exclusions: string; how_sure: string; note: string
}
interface Made {
  form: string; title: string; month: string; as_at: string; headline: string; class: string; figures: Figure[]
  missing: { field: string; detail: string }[]; tables: { caption: string; head: string[]; rows: string[][] }[]
}
const standingColour = (standing: string): Colour => (/below|not recorded|missing/.test(standing) ? 'red' : standing === 'met' ? 'green' : 'grey')

/// A report: every figure with what was counted, of how many and what was left out; what keeps it from being published.
export function Report({ part: parts }: PageProps) {
  const form = parts.form ?? ''
  const [query] = useFilters()
  const session = useSession()
  const asked = Object.fromEntries(query)
  const report = useApi<Made>(`/reports/${part(form)}`, asked)
  const [refused, setRefused] = useState<Problem | null>(null)
  return (
    <>
      <a class="govuk-back-link" href={`/reports?${query.toString()}`}>Obligations and reports</a>
      <h1 class="govuk-heading-l">{titleOfForm(form)}</h1>
      <Filters of={[{ name: 'month', label: 'Month (2018-08)' }, { name: 'as_at', label: 'As things stood on (2018-10-05)' }]} />
      <Loaded from={report}>{(value) => (
        <>
          <p class="govuk-body-l">{value.headline || `Report for ${value.month}, as of ${value.as_at}.`}</p>
          <div class="mw-actions">
            {(['pdf', 'html', 'md'] as const).map((f) => (
              <a key={f} class="govuk-link" href={apiUrl(`/reports/${part(form)}`, { ...asked, format: f })} {...(f === 'html' ? { target: '_blank', rel: 'noopener' } : { download: true })}>As {f}</a>
            ))}
            {session.may(['reports.publish']) && (
              <Confirm action="Publish" title={`Publish the report for ${value.month} as of ${value.as_at}`} onConfirm={async () => {
                const answer = await ask(`/reports/${part(form)}/publish`, { method: 'POST', query: { month: value.month, as_at: value.as_at } })
                setRefused(answer.ok ? null : answer.problem)
                announce(answer.ok ? 'published' : 'publication refused')
                if (answer.ok) report.refresh()
              }}><p class="govuk-body">It is frozen with its figures, and refused while anything is unexplained.</p></Confirm>
            )}
          </div>
          {refused && (
            <div class="mw-problem" role="alert" id="refused">
              <h2 class="govuk-heading-s">Publication refused: {refused.detail}</h2>
              <ul class="govuk-list govuk-list--bullet">{(refused.errors ?? []).map((e, i) => <li key={i}><strong>{e.field}</strong>: {e.detail}</li>)}</ul>
            </div>
          )}
          {!refused && value.missing.length > 0 && <Table caption="Missing before it can be published" rows={value.missing} rowKey={(m) => m.field + m.detail} columns={[
            { title: 'Where', cell: (m) => (/^[A-Z]+\d+$/.test(m.field) ? <a class="govuk-link" href={`/find/${part(m.field)}`}>{m.field}</a> : m.field) }, { title: 'What', cell: (m) => m.detail },
          ]} />}
          {value.figures.length > 0 && <Table caption="Figures" rows={value.figures} rowKey={(f) => f.figure + f.group + f.month} columns={[
            { title: 'Measure', cell: (f) => <>{f.title}{f.group ? `, ${f.group}` : ''}{f.clause ? <span class="mw-muted"> ({f.clause}, {f.how_sure})</span> : ''}</> },
            { title: 'Value', cell: (f) => <strong>{f.value}</strong> },
            { title: 'Target', cell: (f) => f.target ?? '' },
            { title: 'Minimum', cell: (f) => f.minimum ?? '' },
            { title: 'Standing', cell: (f) => <Tag colour={standingColour(f.standing)}>{f.standing}</Tag> },
            { title: 'Counted', cell: (f) => <>{f.counted} {f.numerator}</> },
            { title: 'Of', cell: (f) => <>{f.of} {f.denominator}</> },
            { title: 'Left out', cell: (f) => <>{f.excluded}: {f.exclusions}</> },
            { title: 'Rows', cell: (f) => session.may(['reports.sources']) ? <a class="govuk-link" href={`/figures/${part(f.figure)}?month=${f.month}&group=${encodeURIComponent(f.group)}`}>rows<span class="govuk-visually-hidden"> behind {f.title}</span></a> : '' },
          ]} />}
          {value.tables.map((t) => (
            <Table key={t.caption} caption={t.caption} rows={t.rows} rowKey={(r) => r.join('|')} columns={t.head.map((title, i) => ({ title, cell: (r: string[]) => r[i] ?? '' }))} />
          ))}
        </>
      )}</Loaded>
    </>
  )
}
