with

source as (

    select * from {{ source('landing', 'agreements') }}

),

renamed as (

    select
        -- ids
        agreement_id,

        -- text
        counterparty,
        counterparty_type,

        -- booleans
        gender_clause as has_gender_clause,

        -- dates
        signed_on,
        ends_on,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
