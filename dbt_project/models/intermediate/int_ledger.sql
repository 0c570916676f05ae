{{ config(materialized='table') }}

with recursive

entries as (

    select * from {{ ref('stg_ledger') }}

),

places as (

    select * from {{ ref('int_place_resolution') }}

),

-- The reversals of one entry, in a fixed order.
reversals as (

    select
        entry_no,
        reverses,
        cast(row_number() over (partition by reverses order by entry_no) as bigint) as nth
    from entries
    where
        type = 'reversal'
        and reverses is not null

),

reversed as (

    select distinct entries.entry_no
    from entries
    inner join reversals
        on entries.entry_no = reversals.reverses

),

-- An entry stands unless one of its reversals stands, and a reversal is an entry like any other. So each reversed
-- entry sends out a walker, which judges the entry's reversals one by one, going down their own reversals first,
-- and comes home with the verdict. No depth is assumed. A reversal that is reversed by way of itself is circular:
-- nothing that counts hangs on it, since every reversal on such a circle undoes another one of the circle.
walk as (

    select
        entry_no,
        entry_no as judged,
        cast(1 as bigint) as nth,
        cast(null as {{ dbt.type_string() }}) as verdict
    from reversed

    union all

    select
        walk.entry_no,
        case
            when walk.verdict is not null then just_judged.reverses
            when reversal.entry_no is null then walk.judged
            else reversal.entry_no
        end as judged,
        case
            when walk.verdict is not null then just_judged.nth + 1
            else cast(1 as bigint)
        end as nth,
        case
            when walk.verdict = 'stands' then 'undone'
            when walk.verdict = 'undone' then null
            when reversal.entry_no is null then 'stands'
            when reversal.entry_no = walk.entry_no then 'circular'
        end as verdict
    from walk
    left join reversals as reversal
        on
            walk.verdict is null
            and walk.judged = reversal.reverses
            and walk.nth = reversal.nth
    left join reversals as just_judged
        on
            walk.verdict is not null
            and walk.judged = just_judged.entry_no
    where
        walk.verdict is null
        or walk.judged <> walk.entry_no

),

verdicts as (

    select
        entry_no,
        verdict
    from walk
    where
        judged = entry_no
        and verdict is not null

),

final as (

    select
        entries.entry_no,
        entries.posting_date,
        entries.type,
        entries.category,
        entries.counterparty_text,
        entries.counterparty_key,
        places.member_id,
        entries.project,
        entries.fee_year,
        entries.amount,
        entries.currency,
        entries.eur_rate,
        -- The wider of the two factors makes room for the exact product, which is rounded once.
        cast(
            round(cast(entries.amount as decimal(19, 4)) * entries.eur_rate, 2) as decimal(18, 2)
        ) as amount_eur,
        entries.reverses,
        coalesce(verdicts.verdict, 'stands') <> 'undone' as stands,
        coalesce(verdicts.verdict, 'stands') = 'circular' as is_circular,
        entries.source_file,
        entries.source_line
    from entries
    left join verdicts
        on entries.entry_no = verdicts.entry_no
    left join places
        on
            entries.counterparty_key = places.place_key
            and places.country_key = ''

)

select * from final
