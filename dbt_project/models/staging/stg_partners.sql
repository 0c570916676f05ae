with

source as (

    select * from {{ source('landing', 'partners') }}

),

renamed as (

    select
        -- text
        partner,
        category,

        -- booleans
        gender_alliance as is_gender_alliance,

        -- dates
        active_from,
        active_to,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
