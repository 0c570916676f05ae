with

catalogue as (

    select * from {{ ref('figure_catalogue') }}

),

projects as (

    select * from {{ ref('int_projects') }}

),

entries as (

    select * from {{ ref('int_fund_parts') }}

),

printed as (

    select
        whole,
        {{ part_of_whole('figure_id', 'whole') }} as part,
        figure_id,
        label,
        decimals
    from catalogue
    where whole is not null

),

precisions as (

    select
        whole,
        max(decimals) as decimals
    from printed
    group by whole

),

sums as (

    select
        whole,
        part,
        sum(amount_eur) as amount
    from entries
    group by
        whole,
        part

),

-- What print shows and what the ledger holds: a printed part may have no entry, and a part with entries no figure.
parts as (

    select
        coalesce(printed.whole, sums.whole) as whole,
        coalesce(printed.part, sums.part) as part,
        printed.figure_id,
        printed.label,
        cast(coalesce(sums.amount, 0) as decimal(18, 2)) as amount
    from printed
    full outer join sums
        on
            printed.whole = sums.whole
            and printed.part = sums.part

),

measured as (

    select
        parts.whole,
        parts.part,
        parts.figure_id,
        case
            when parts.label is not null then parts.label
            when parts.part = '' then 'No project'
            else coalesce(projects.name, parts.part)
        end as label,
        parts.amount,
        cast(sum(parts.amount) over (partition by parts.whole) as decimal(18, 2)) as total,
        precisions.decimals,
        100 * {{ power_of_ten('precisions.decimals') }} as units
    from parts
    inner join precisions
        on parts.whole = precisions.whole
    left join projects
        on
            parts.whole = 'funds_use'
            and parts.part = projects.project_code

),

-- A unit is one of the last printed decimal: each part gets its whole units, the rest goes to the largest remainders.
quotas as (

    select
        *,
        case when total > 0 then {{ whole_quotient('units * ' ~ cents('amount'), cents('total')) }} end as quota,
        case when total > 0 then mod(units * {{ cents('amount') }}, {{ cents('total') }}) end as remainder
    from measured

),

-- A tie goes to the earlier id; the part without a project has none and comes last.
ranked as (

    select
        *,
        units - sum(quota) over (partition by whole) as left_over,
        row_number() over (
            partition by whole
            order by
                remainder desc,
                case when part = '' then 1 else 0 end asc,
                part asc
        ) as turn
    from quotas

),

final as (

    select
        -- ids
        whole,
        part,
        figure_id,

        -- text
        label,

        -- numerics
        amount,
        total,
        case
            when total > 0
                then {{ scaled_down('quota + case when turn <= left_over then 1 else 0 end', 'decimals') }}
        end as share,
        {{ percentage('amount', 'total', 4) }} as unrounded_share,

        -- booleans
        figure_id is not null as is_printed
    from ranked

)

select * from final
