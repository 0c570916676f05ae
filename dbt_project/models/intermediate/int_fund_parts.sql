with

ledger as (

    select * from {{ ref('int_ledger') }}

),

posted as (

    select *
    from ledger
    where
        stands
        and {{ in_year('posting_date') }}

),

final as (

    select
        'funding' as whole,
        category as part,
        entry_no,
        amount_eur,
        member_id,
        case
            when member_id is null and category <> 'other' then counterparty_text
        end as funder,
        posting_date,
        source_file,
        source_line
    from posted
    where type in ('income', 'payment')

    union all

    select
        'funds_use' as whole,
        coalesce(project, '') as part,
        entry_no,
        amount_eur,
        member_id,
        cast(null as {{ dbt.type_string() }}) as funder,
        posting_date,
        source_file,
        source_line
    from posted
    where type = 'expense'

)

select * from final
