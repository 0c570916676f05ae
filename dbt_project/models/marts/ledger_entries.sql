with

ledger as (

    select * from {{ ref('int_ledger') }}

),

final as (

    select
        -- ids
        entry_no,
        reverses,
        member_id,
        project,

        -- text
        type,
        category,
        counterparty_text as counterparty,
        currency,

        -- numerics
        fee_year,
        amount,
        eur_rate,
        amount_eur,

        -- booleans
        stands,

        -- dates
        posting_date,

        -- origin
        source_file,
        source_line
    from ledger

)

select * from final
