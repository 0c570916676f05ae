with

source as (

    select * from {{ source('landing', 'staff') }}

),

renamed as (

    select
        -- text
        role,
        gender,
        contract,

        -- dates
        from_date,
        to_date,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
