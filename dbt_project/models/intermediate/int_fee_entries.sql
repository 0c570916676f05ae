with

ledger as (

    select * from {{ ref('int_ledger') }}

),

-- A payment counts once it is posted; invoices and credit notes of the year count whatever their date.
final as (

    select
        -- ids
        entry_no,
        member_id,

        -- text
        type,

        -- numerics
        amount_eur,

        -- dates
        posting_date,

        -- origin
        source_file,
        source_line
    from ledger
    where
        category = 'membership_fee'
        and fee_year = {{ report_year() }}
        and stands
        and member_id is not null
        and (
            type in ('invoice', 'credit_note')
            or (type = 'payment' and posting_date <= {{ year_end() }})
        )

)

select * from final
