-- One row a whole of the finance chapter, in cents: the sum of its parts, and what the ledger holds of it.
with

parts as (

    select
        'funding' as whole,
        amount
    from funding_sources

    union all

    select
        'funds_use' as whole,
        amount
    from funds_use

),

wholes as (

    select unnest(['funding', 'funds_use']) as whole

),

sums as (

    select
        whole,
        sum(amount) as amount
    from parts
    group by whole

),

posted as (

    select
        case when type = 'expense' then 'funds_use' else 'funding' end as whole,
        sum(amount_eur) as amount
    from ledger_entries
    where
        stands
        and type in ('income', 'payment', 'expense')
        and year(posting_date) = getvariable('report_year')
    group by case when type = 'expense' then 'funds_use' else 'funding' end

),

final as (

    select
        wholes.whole,
        cast(coalesce(sums.amount, 0) * 100 as bigint) as cents_of_parts,
        cast(coalesce(posted.amount, 0) * 100 as bigint) as cents_in_ledger
    from wholes
    left join sums
        on wholes.whole = sums.whole
    left join posted
        on wholes.whole = posted.whole

)

select * from final
