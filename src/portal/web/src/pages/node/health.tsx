import { useFilters } from '@/lib/location'
import { useApi } from '@/lib/use_api'
import { Copy } from '@/parts/copy'
import { Filters } from '@/parts/filters'
import { Loaded } from '@/parts/states'
import { Table, whyEmpty } from '@/parts/table'
import { Tag } from '@/parts/tag'
import { When } from '@/parts/when'

interface Series { labels: Record<string, string>; value: number; sum?: number }
interface Metric { name: string; type: string; help: string; series: Series[] }
interface Health { as_of: string; version: string; status: string; checks: { name: string; state: string }[]; metrics: Metric[] }
const kEvery = 15_000

const Works = ({ of }: { of: string }) => <Tag colour={of === 'ok' || of === 'ready' ? 'green' : 'red'}>{of}</Tag>
const number = (value: number) => value.toLocaleString('en-GB', { maximumFractionDigits: value < 10 ? 3 : 0 })
const bytes = (value: number) => `${number(value / (1 << 20))} MB`
/// Where one looks first: a metric, all its series together or the worst of them, and how it is said.
const kFirst: [title: string, metric: string, of: 'sum' | 'max', say: (value: number) => string, meaning: string][] = [
  ['Oldest delivery owed', 'meterway_queue_oldest_seconds', 'max', (v) => `${number(v)} s`, 'a queue can stand still while everything else is green'],
  ['Deliveries owed', 'meterway_queue_depth', 'sum', number, 'all Users and classes'],
  ['Hubs connected', 'meterway_hubs_connected', 'sum', number, 'that the link reaches'],
  ['Commands in flight', 'meterway_commands_in_flight', 'sum', number, 'sent, the answer is still to come'],
  ['Given up', 'meterway_given_up_total', 'sum', number, 'commands without an answer since the start'],
  ['Quarantined', 'meterway_quarantined_total', 'sum', number, 'by anomaly detection since the start'],
  ['Room on the disk', 'meterway_disk_free_bytes', 'sum', bytes, 'the store refuses when there is none'],
  ['Memory', 'process_resident_memory_bytes', 'sum', bytes, 'in use by the platform'],
]

interface Line { key: string; metric: string; labels: string; value: string; help: string }
function linesOf(metrics: Metric[]): Line[] {
  return metrics.flatMap((metric) => metric.series.map((one) => {
    const labels = Object.entries(one.labels).map(([name, value]) => `${name}=${value}`).join(', ')
    const mean = metric.type === 'histogram' && one.value > 0 ? `, ${number((one.sum ?? 0) / one.value * 1000)} ms in the mean` : ''
    return { key: `${metric.name} ${labels}`, metric: metric.name, labels, value: number(one.value) + mean, help: metric.help }
  }))
}

/// Whether the node takes requests, check by check, and what it counts.
export function HealthPage() {
  const [query] = useFilters()
  const words = (query.get('q') ?? '').toLowerCase()
  const told = useApi<Health>('/health', {}, { every: kEvery })
  const scrape = `curl -H "Authorization: Bearer $TOKEN" ${location.origin}/metrics`
  return (
    <>
      <h1 class="govuk-heading-l">Health</h1>
      <Loaded from={told}>{(value) => (
        <>
          <p class="govuk-body"><Works of={value.status} /> Meterway {value.version}, as of <When at={value.as_of} />.</p>
          <Table caption="Checks" rows={value.checks} rowKey={(c) => c.name} columns={[
            { title: 'Check', cell: (c) => c.name }, { title: 'State', cell: (c) => <Works of={c.state} /> },
          ]} />
          <div class="mw-cards">{kFirst.map(([title, name, of, say, meaning]) => {
            const series = value.metrics.find((m) => m.name === name)?.series.map((s) => s.value) ?? []
            const all = of === 'sum' ? series.reduce((a, b) => a + b, 0) : Math.max(0, ...series)
            return (
              <section class="mw-card" key={name} aria-label={title}>
                <h2>{title}</h2>
                <p class="mw-big">{say(all)}</p>
                <p>{meaning}. <a class="govuk-link" href={`/health?q=${name}`}>Its series<span class="govuk-visually-hidden"> of {title}</span></a></p>
              </section>
            )
          })}</div>
          <Filters of={[{ name: 'q', label: 'Words in name, labels or meaning' }]} />
          <Table caption="Everything that is counted, since the platform started" empty={whyEmpty(query)}
            rows={linesOf(value.metrics).filter((l) => (l.key + l.help).toLowerCase().includes(words))} rowKey={(l) => l.key}
            total={linesOf(value.metrics).length} columns={[
              { title: 'Metric', cell: (l) => <code class="mw-mono">{l.metric}</code> },
              { title: 'Labels', cell: (l) => l.labels },
              { title: 'Value', cell: (l) => l.value, number: true },
              { title: 'Meaning', cell: (l) => l.help },
            ]} />
        </>
      )}</Loaded>
      <h2 class="govuk-heading-s">For Prometheus</h2>
      <div class="mw-curl"><code tabIndex={0}>{scrape}</code><Copy text={scrape} what="curl line of the metrics" /></div>
    </>
  )
}
