with

source as (

    select * from {{ source('landing', 'ledger') }}

),

renamed as (

    select
        -- ids
        entry_no,
        reverses,

        -- text
        type,
        category,
        counterparty_text,
        counterparty_key,
        project,
        currency,

        -- numerics
        fee_year,
        amount,
        eur_rate,

        -- dates
        posting_date,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
