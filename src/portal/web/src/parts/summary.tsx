import type { ComponentChildren } from 'preact'

/// Names and values of one thing (GOV.UK summary list). Rows without a value are left out.
export function Summary({ rows }: { rows: [string, ComponentChildren][] }) {
  return (
    <dl class="govuk-summary-list">
      {rows.filter(([, value]) => value !== undefined && value !== null && value !== '' && value !== false).map(([name, value]) => (
        <div class="govuk-summary-list__row" key={name}>
          <dt class="govuk-summary-list__key">{name}</dt>
          <dd class="govuk-summary-list__value">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
